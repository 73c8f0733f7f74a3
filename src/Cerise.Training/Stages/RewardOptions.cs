using Cerise.Training.Recipes;
using Cerise.Training.Rewards;

namespace Cerise.Training.Stages;

/// <summary>A reward as a recipe names it.</summary>
public sealed record RewardOptions : IOptions
{
    /// <summary>A name of the registry, such as <c>accuracy</c> or <c>format</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its weight in the sum. Default 1; 0 measures without training on it.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>The reward's own settings.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Name.Length == 0)
            yield return "a reward has no name";
    }

    /// <summary>Makes the sum of all rewards named.</summary>
    /// <exception cref="RewardException">A name or setting is unknown.</exception>
    public static RewardSum Sum(IReadOnlyList<RewardOptions> rewards, RewardRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return new RewardSum(rewards.Select(reward => new WeightedReward(registry.Create(reward.Name, reward.Settings), reward.Weight)));
    }
}
