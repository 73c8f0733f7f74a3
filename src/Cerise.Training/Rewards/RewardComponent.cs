using Cerise.Training.Evaluation;

namespace Cerise.Training.Rewards;

/// <summary>What one reward gave to a batch.</summary>
public sealed class RewardComponent
{
    internal RewardComponent(string name, double weight, double?[] scores, int errors, string? firstError)
    {
        (Name, Weight, Scores, Errors, FirstError) = (name, weight, scores, errors, firstError);
        double[] given = [.. scores.Where(score => score is not null).Select(score => score!.Value)];
        (Scored, Mean, Std) = (given.Length, Moments.Mean(given), Moments.Std(given, ddof: 1));
    }

    /// <summary>The reward's name.</summary>
    public string Name { get; }

    /// <summary>Its weight in the sum.</summary>
    public double Weight { get; }

    /// <summary>Its unweighted score of each row; null = not scorable, or an error.</summary>
    public IReadOnlyList<double?> Scores { get; }

    /// <summary>How many rows have a score.</summary>
    public int Scored { get; }

    /// <summary>The mean over scored rows; 0 where there is none.</summary>
    public double Mean { get; }

    /// <summary>The deviation over scored rows (ddof 1); 0 for fewer than two.</summary>
    public double Std { get; }

    /// <summary>How many rows failed: an exception, a timeout, or a score that is not finite.</summary>
    public int Errors { get; }

    /// <summary>What the first failure was, with its row; null where nothing failed.</summary>
    public string? FirstError { get; }
}
