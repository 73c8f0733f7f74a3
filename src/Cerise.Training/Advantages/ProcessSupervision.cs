using Cerise.Training.Evaluation;

namespace Cerise.Training.Advantages;

/// <summary>A reward for one step of a completion.</summary>
/// <param name="EndToken">The index of the step's last token in the completion, from 0.</param>
/// <param name="Reward">The step's reward.</param>
public readonly record struct StepReward(int EndToken, double Reward);

/// <summary>Advantages a token from rewards a step (GRPO with process supervision, DeepSeekMath, arXiv:2402.03300, section 4.1.3).</summary>
public static class ProcessSupervision
{
    /// <summary>All step rewards of the group are normalised together; a token's advantage is the sum over the steps that end at it or later.</summary>
    /// <param name="steps">The step rewards of each completion of one group.</param>
    /// <param name="lengths">Each completion's length, tokens.</param>
    /// <param name="eta">Added to the deviation; default 0 as the paper writes it.</param>
    /// <param name="ddof">The deviation's divisor is n - ddof; default 0 (population).</param>
    /// <returns>For each completion, one advantage a token; all 0 where the step rewards are all equal.</returns>
    public static double[][] Advantages(IReadOnlyList<IReadOnlyList<StepReward>> steps, IReadOnlyList<int> lengths, double eta = 0, int ddof = 0)
    {
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(lengths);
        if (steps.Count != lengths.Count)
            throw new ArgumentException($"steps for {steps.Count} completions but {lengths.Count} lengths");

        double[] all = [.. steps.SelectMany(completion => completion).Select(step => step.Reward)];
        bool flat = Moments.Range(all) < GroupAdvantage.ZeroRange;
        double mean = Moments.Mean(all);
        double divisor = Moments.Std(all, ddof) + eta;

        double[][] advantages = new double[steps.Count][];
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = new double[lengths[i]];
            foreach (StepReward step in steps[i])
            {
                if (step.EndToken < 0 || step.EndToken >= lengths[i])
                    throw new ArgumentException($"completion {i}: a step ends at token {step.EndToken}, but it has {lengths[i]} tokens");
                for (int t = 0; t <= step.EndToken && !flat; t++)
                    advantages[i][t] += (step.Reward - mean) / divisor;
            }
        }
        return advantages;
    }
}
