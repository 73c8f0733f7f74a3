using Cerise.Training.Runs;

namespace Cerise.Training.Evaluation;

/// <summary>All verdicts on one model.</summary>
/// <param name="Samples">Verdicts, those of a problem side by side.</param>
/// <param name="SamplesPerProblem">How many each problem has.</param>
public sealed record EvaluationResult(IReadOnlyList<EvaluatedSample> Samples, int SamplesPerProblem)
{
    /// <summary>Verdicts by problem.</summary>
    public IReadOnlyList<bool[]> ByProblem => [.. Samples.Chunk(SamplesPerProblem).Select(problem => problem.Select(sample => sample.IsCorrect).ToArray())];

    /// <summary>The row of a table: pass@1 with its 95 % interval (Wilson for one sample a problem, else clustered by problem), mean length in tokens, and the share well-formed where a form is asked for.</summary>
    public EvaluationRow ToRow(string name)
    {
        IReadOnlyList<bool[]> problems = ByProblem;
        double accuracy = PassAtK.Mean(problems, 1);
        Interval interval;
        if (SamplesPerProblem == 1)
        {
            interval = Wilson.Of(problems.Count(problem => problem[0]), problems.Count);
        }
        else
        {
            ClusteredMean mean = ClusteredMean.Of([.. problems.Select(problem => problem.Average(correct => correct ? 1.0 : 0))]);
            interval = new Interval(Math.Max(0, mean.Mean - (Wilson.Z95 * mean.StandardError)), Math.Min(1, mean.Mean + (Wilson.Z95 * mean.StandardError)));
        }
        return new EvaluationRow(
            name, accuracy, interval.Low, interval.High, problems.Count, Samples.Average(sample => sample.Rollout.Completion.Ids.Count),
            Samples.Average(sample => sample.IsWellFormed is { } wellFormed ? (wellFormed ? 1.0 : 0) : (double?)null));
    }
}
