using System.Runtime.InteropServices;

namespace Cerise.Training.Rewards;

/// <summary>Reward "repetition_penalty": <c>maxPenalty * (1 - different n-grams / all n-grams)</c> (arXiv:2502.03373, section 4.2); 0 for fewer than n units.</summary>
/// <param name="ngramSize">n, at least 1.</param>
/// <param name="maxPenalty">The score of endless repetition, at most 0.</param>
/// <param name="unit">What n-grams are made of; default token ids.</param>
public sealed class RepetitionPenaltyReward(int ngramSize, double maxPenalty, RepetitionUnit unit = RepetitionUnit.Ids) : RowReward("repetition_penalty")
{
    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int[] units = unit == RepetitionUnit.Ids ? [.. input.CompletionIds] : Words(input.Completion);
        int count = units.Length - ngramSize + 1;
        if (count <= 0)
            return 0;
        var different = new HashSet<int>(new WindowComparer(units, ngramSize));
        for (int i = 0; i < count; i++)
            different.Add(i);
        return maxPenalty * (1 - ((double)different.Count / count));
    }

    private static int[] Words(string text)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word =>
        {
            ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, word, out bool known);
            return known ? number : number = numbers.Count;
        })];
    }

    // Windows are compared in place, by where they start.
    private sealed class WindowComparer(int[] units, int size) : IEqualityComparer<int>
    {
        public bool Equals(int left, int right) => units.AsSpan(left, size).SequenceEqual(units.AsSpan(right, size));

        public int GetHashCode(int start)
        {
            uint hash = 2166136261;
            foreach (int value in units.AsSpan(start, size))
                hash = (hash ^ (uint)value) * 16777619;
            return (int)hash;
        }
    }
}
