using Cerise.Models;

namespace Cerise.Training.Batches;

/// <summary>Cuts a batch into packs that fit in memory. Loss and gradient do not depend on where it is cut.</summary>
public static class MicroBatches
{
    /// <summary>Consecutive sequences with at most <paramref name="maxTokens"/> tokens in all, or one that is longer.</summary>
    /// <returns>First sequence and number of sequences of each pack.</returns>
    public static IEnumerable<(int First, int Count)> Cut(IReadOnlyList<TokenSequence> sequences, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int first = 0;
        int tokens = 0;
        for (int i = 0; i < sequences.Count; i++)
        {
            if (i > first && tokens + sequences[i].Ids.Count > maxTokens)
            {
                yield return (first, i - first);
                first = i;
                tokens = 0;
            }
            tokens += sequences[i].Ids.Count;
        }
        if (first < sequences.Count)
            yield return (first, sequences.Count - first);
    }

    /// <summary>Packs some of the sequences end to end.</summary>
    public static TokenBatch Pack(IReadOnlyList<TokenSequence> sequences, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return TokenBatch.Pack([.. Enumerable.Range(first, count).Select(i => (sequences[i].Ids, sequences[i].Trained))]);
    }
}
