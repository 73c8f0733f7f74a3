namespace Cerise.Training.Rewards;

/// <summary>Scores completions. This is all that a reward of your own has to be; one that looks at each completion alone derives from <see cref="RowReward"/>.</summary>
public interface IReward
{
    /// <summary>The name in metrics (<c>rewards/{name}/mean</c>) and in samples.</summary>
    public string Name { get; }

    /// <summary>One score for each row of the batch, in its order; null = this reward has nothing to say about the row.</summary>
    /// <remarks>An exception makes all rows of the batch counted errors of this reward, never scores.</remarks>
    public double?[] Score(RewardBatch batch);
}
