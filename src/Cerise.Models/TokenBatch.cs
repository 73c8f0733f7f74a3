using Cerise.Tensors;

namespace Cerise.Models;

/// <summary>Sequences packed end to end, with the tokens whose log-probabilities are wanted.</summary>
/// <remarks>
/// Token t of a sequence is predicted by the hidden state of token t - 1 of the same sequence, never across a boundary; a sequence's first token
/// cannot be scored.
/// </remarks>
public sealed class TokenBatch
{
    private TokenBatch(Indices ids, AttentionPlan plan, Indices rows, Indices targets, Indices offsets)
    {
        Ids = ids;
        Plan = plan;
        Rows = rows;
        Targets = targets;
        Offsets = offsets;
    }

    /// <summary>All tokens.</summary>
    public Indices Ids { get; }

    /// <summary>Where sequences begin and end.</summary>
    public AttentionPlan Plan { get; }

    /// <summary>Rows of the hidden states that predict the scored tokens.</summary>
    public Indices Rows { get; }

    /// <summary>The scored tokens.</summary>
    public Indices Targets { get; }

    /// <summary>For each sequence, where its scored tokens begin in <see cref="Targets"/>; at the end their number.</summary>
    public Indices Offsets { get; }

    /// <summary>Packs sequences.</summary>
    /// <param name="sequences">Tokens of each sequence, and for each token whether it is scored; the first token's mark is ignored.</param>
    public static TokenBatch Pack(IReadOnlyList<(IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        List<int> ids = [];
        List<int> rows = [];
        List<int> targets = [];
        List<int> offsets = [0];
        int[] lengths = new int[sequences.Count];
        for (int s = 0; s < sequences.Count; s++)
        {
            (IReadOnlyList<int> tokens, IReadOnlyList<bool> scored) = sequences[s];
            ShapeException.Require(
                tokens.Count == scored.Count, "TokenBatch", $"a sequence has {tokens.Count} tokens and {scored.Count} marks");
            lengths[s] = tokens.Count;
            for (int t = 0; t < tokens.Count; t++)
            {
                if (t > 0 && scored[t])
                {
                    rows.Add(ids.Count - 1);
                    targets.Add(tokens[t]);
                }
                ids.Add(tokens[t]);
            }
            offsets.Add(targets.Count);
        }
        return new TokenBatch(New(ids), AttentionPlan.Packed(lengths), New(rows), New(targets), New(offsets));
    }

    /// <summary>Packs whole sequences of which every token after the first is scored.</summary>
    public static TokenBatch PackAll(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Pack([.. sequences.Select(ids => (ids, (IReadOnlyList<bool>)Enumerable.Repeat(true, ids.Count).ToArray()))]);
    }

    private static Indices New(List<int> values) => new(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values));
}
