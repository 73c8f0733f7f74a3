using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>Task "stories": little arithmetic stories in plain English, the default task of R1-Zero from scratch.</summary>
/// <remarks>
/// "Anna has 12 pears. She gives 5 to Tom. She buys 9 more. She eats 3. How many pears has Anna now?" A tiny model can hardly answer such a question at once but easily
/// does one step after the other, so working step by step pays; and there are far more stories (above 10^13 with the defaults) than any corpus holds.
/// </remarks>
public sealed class StoryTask : ProblemTask<StoryProblem>
{
    private readonly StoryTaskOptions _options;

    /// <summary>Makes the task.</summary>
    /// <exception cref="TaskException">The options contradict themselves; the message names every fault.</exception>
    public StoryTask(StoryTaskOptions? options = null) : base((options ?? new()).Template, (options ?? new()).Mixture)
    {
        _options = options ?? new();
        TaskException.ThrowIfAny(Name, _options.Faults());
    }

    /// <inheritdoc/>
    public override string Name => "stories";

    /// <inheritdoc/>
    public override string VerifierKind => "gsm8k";

    private protected override StoryProblem Draw(RandomStream random)
    {
        (string name, string pronoun) = StoryWorld.Person(random);
        (string thing, bool isFood) = StoryWorld.Thing(random);
        int start = random.Between(2, _options.MaxStart), count = start;   // from 2, because "1 pears" is no English
        var steps = new StoryStep[random.Between(_options.MinSteps, _options.MaxSteps)];
        for (int i = 0; i < steps.Length; i++)
        {
            bool gain = count == 0 || (count < _options.MaxCount && random.Chance(0.5));
            int most = Math.Min(_options.MaxChange, gain ? _options.MaxCount - count : count);
            int change = random.Between(1, most) * (gain ? 1 : -1);
            steps[i] = StoryWorld.Step(random, name, pronoun, isFood, change);
            count += change;
        }
        return new StoryProblem(name, thing, start, steps);
    }

    private protected override (string Thought, string Answer) Solve(StoryProblem problem, DocumentStyle style, RandomStream random) => style switch
    {
        DocumentStyle.Direct => ("", problem.Answer),
        DocumentStyle.Partial => (problem.Working(skip: (problem.Steps.Count + 1) / 2), problem.Answer),
        DocumentStyle.Worked or DocumentStyle.Textbook => (problem.Working(), problem.Answer),
        _ => throw new ArgumentOutOfRangeException(nameof(style), style, "no such style"),
    };
}
