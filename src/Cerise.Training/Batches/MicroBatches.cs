using Cerise.Models;

namespace Cerise.Training.Batches;

/// <summary>Cuts a batch into packs that fit in memory. Loss and gradient do not depend on where it is cut.</summary>
/// <remarks>
/// Sequences of one <see cref="TokenSequence.Group"/> are cut only where they do not fit into one pack together. Each part then computes their prompt again, and
/// the gradient, which sums over the prompt's completions part by part, agrees to rounding instead of to the bit.
/// </remarks>
public static class MicroBatches
{
    /// <summary>Consecutive sequences with at most <paramref name="maxTokens"/> tokens in all, a shared prompt counted once, or one that is longer.</summary>
    /// <returns>First sequence and number of sequences of each pack.</returns>
    public static IEnumerable<(int First, int Count)> Cut(IReadOnlyList<TokenSequence> sequences, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        int first = 0;
        long tokens = 0;
        foreach (Range group in Groups(sequences, 0, sequences.Count))
        {
            (int start, int end) = (group.Start.Value, group.End.Value);
            long whole = Tokens(sequences, start, end);
            bool fits = tokens + whole <= maxTokens;
            for (int i = start; i < end; i++)
            {
                long added = i == start || i == first ? sequences[i].Ids.Count : sequences[i].Ids.Count - sequences[i].PromptLength;
                bool mayCut = i == start ? !fits : whole > maxTokens && tokens + added > maxTokens;
                if (i > first && mayCut)
                {
                    yield return (first, i - first);
                    (first, tokens, added) = (i, 0, sequences[i].Ids.Count);
                }
                tokens += added;
            }
        }
        if (first < sequences.Count)
            yield return (first, sequences.Count - first);
    }

    /// <summary>Packs some of the sequences end to end, prompts that are shared once.</summary>
    public static TokenBatch Pack(IReadOnlyList<TokenSequence> sequences, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return TokenBatch.PackGroups([.. Groups(sequences, first, first + count).Select(group => ToGroup(sequences, group))]);
    }

    /// <summary>For each row of such a pack the sequence it belongs to, of a prompt that is shared the first one, and its place there.</summary>
    public static IEnumerable<(int Sequence, int Position)> Rows(IReadOnlyList<TokenSequence> sequences, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        foreach (Range group in Groups(sequences, first, first + count))
        {
            (int start, int end) = (group.Start.Value, group.End.Value);
            int prompt = end - start > 1 ? sequences[start].PromptLength : 0;
            for (int position = 0; position < prompt; position++)
                yield return (start, position);
            for (int i = start; i < end; i++)
                for (int position = prompt; position < sequences[i].Ids.Count; position++)
                    yield return (i, position);
        }
    }

    private static SequenceGroup ToGroup(IReadOnlyList<TokenSequence> sequences, Range group)
    {
        (int start, int end) = (group.Start.Value, group.End.Value);
        int prompt = end - start > 1 ? sequences[start].PromptLength : 0;
        return new SequenceGroup(
            [.. sequences[start].Ids.Take(prompt)],
            [.. Enumerable.Range(start, end - start).Select(i => ((IReadOnlyList<int>)[.. sequences[i].Ids.Skip(prompt)], (IReadOnlyList<bool>)[.. sequences[i].Trained.Skip(prompt)]))]);
    }

    private static long Tokens(IReadOnlyList<TokenSequence> sequences, int start, int end)
    {
        long tokens = sequences[start].Ids.Count;
        for (int i = start + 1; i < end; i++)
            tokens += sequences[i].Ids.Count - sequences[i].PromptLength;
        return tokens;
    }

    private static IEnumerable<Range> Groups(IReadOnlyList<TokenSequence> sequences, int first, int end)
    {
        while (first < end)
        {
            int next = first + 1;
            while (next < end && sequences[first].Group is { } group && sequences[next].Group == group)
                next++;
            yield return first..next;
            first = next;
        }
    }
}
