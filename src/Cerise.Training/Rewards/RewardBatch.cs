using System.Collections;

namespace Cerise.Training.Rewards;

/// <summary>The completions of one step, scored together so that a reward may compare them.</summary>
/// <param name="inputs">The completions, in the order of the rollout's rows.</param>
public sealed class RewardBatch(IReadOnlyList<RewardInput> inputs) : IReadOnlyList<RewardInput>
{
    /// <inheritdoc/>
    public int Count => inputs.Count;

    /// <inheritdoc/>
    public RewardInput this[int index] => inputs[index];

    /// <inheritdoc/>
    public IEnumerator<RewardInput> GetEnumerator() => inputs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
