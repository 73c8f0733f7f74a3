namespace Cerise.Training.Rewards;

/// <summary>A reward that looks at one completion at a time: a failure then costs that completion alone.</summary>
/// <param name="name">The name in metrics and samples.</param>
public abstract class RowReward(string name) : IReward
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <summary>The score of one completion; null = nothing to say about it. Must be pure: it runs on a thread of its own and may be abandoned.</summary>
    public abstract double? Score(RewardInput input);

    /// <inheritdoc/>
    public double?[] Score(RewardBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return [.. batch.Select(Score)];
    }
}
