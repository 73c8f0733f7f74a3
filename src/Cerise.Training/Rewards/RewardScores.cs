namespace Cerise.Training.Rewards;

/// <summary>A batch's rewards: the weighted sum that is trained on, and its parts.</summary>
/// <param name="Total">The weighted sum of each row; null where no reward that counts could score it, so that it is left out of its group.</param>
/// <param name="Components">Each reward's scores, in the order given.</param>
public sealed record RewardScores(IReadOnlyList<double?> Total, IReadOnlyList<RewardComponent> Components)
{
    /// <summary>The step's metrics: <c>rewards/{name}/mean</c> and <c>rewards/{name}/std</c> as in TRL, and <c>rewards/{name}/errors</c>.</summary>
    public IEnumerable<KeyValuePair<string, double>> Metrics()
    {
        foreach (RewardComponent component in Components)
        {
            yield return new($"rewards/{component.Name}/mean", component.Mean);
            yield return new($"rewards/{component.Name}/std", component.Std);
            yield return new($"rewards/{component.Name}/errors", component.Errors);
        }
    }
}
