namespace Cerise.Training.Rewards;

/// <summary>A reward and what it counts in the sum.</summary>
/// <param name="Reward">The reward.</param>
/// <param name="Weight">Finite; default 1. With 0 the reward is measured and logged but not trained on.</param>
public readonly record struct WeightedReward(IReward Reward, double Weight = 1);
