namespace Cerise.Training.Rewards;

/// <summary>Several rewards added up by weight, each guarded: a failure or a timeout is counted, never scored.</summary>
public sealed class RewardSum
{
    private readonly WeightedReward[] _rewards;
    private readonly TimeSpan _timeout;

    /// <summary>Puts rewards together.</summary>
    /// <param name="rewards">At least one; names differ, weights are finite and not all 0.</param>
    /// <param name="timeout">
    /// How long one completion (of a <see cref="RowReward"/>) or one batch (of any other reward) may take; default 30 seconds, far above what a rule needs, so that
    /// only a hanging one meets it.
    /// </param>
    /// <exception cref="RewardException">The list is empty, a name occurs twice, or a weight is not usable.</exception>
    public RewardSum(IEnumerable<WeightedReward> rewards, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        _rewards = [.. rewards];
        _timeout = timeout ?? TimeSpan.FromSeconds(30);
        if (_rewards.Length == 0)
            throw new RewardException("rewards: the list is empty. Name at least one reward, such as accuracy.");
        if (_rewards.CountBy(weighted => weighted.Reward.Name).FirstOrDefault(names => names.Value > 1) is { Key: { } twice })
            throw new RewardException($"rewards: the name '{twice}' occurs more than once. Give one of them another name, or one entry with the summed weight.");
        if (_rewards.FirstOrDefault(weighted => !double.IsFinite(weighted.Weight)) is { Reward: { } reward } bad)
            throw new RewardException(FormattableString.Invariant($"rewards: the weight of '{reward.Name}' is {bad.Weight}. Give a finite number."));
        if (_rewards.All(weighted => weighted.Weight == 0))
            throw new RewardException("rewards: every weight is 0, so there is nothing to train on. Give at least one reward another weight.");
    }

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => Array.ConvertAll(_rewards, weighted => weighted.Reward.Name);

    /// <summary>Scores a batch.</summary>
    /// <remarks>A row that some rewards cannot score gets the sum of the others; a row that none of those with a weight can score gets null.</remarks>
    /// <exception cref="RewardException">A reward returned another number of scores than the batch has rows.</exception>
    public RewardScores Score(RewardBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        double?[] total = new double?[batch.Count];
        var components = new RewardComponent[_rewards.Length];
        for (int k = 0; k < components.Length; k++)
        {
            (IReward reward, double weight) = _rewards[k];
            components[k] = RewardGuard.Score(reward, weight, batch, _timeout);
            for (int i = 0; i < total.Length && weight != 0; i++)
                if (components[k].Scores[i] is { } score)
                    total[i] = (total[i] ?? 0) + (weight * score);
        }
        return new RewardScores(total, components);
    }
}
