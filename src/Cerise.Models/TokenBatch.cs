using Cerise.Tensors;

namespace Cerise.Models;

/// <summary>Sequences packed end to end, with the tokens whose log-probabilities are wanted.</summary>
/// <remarks>
/// Token t of a sequence is predicted by the hidden state of token t - 1 of the same sequence, never across a boundary; a sequence's first token
/// cannot be scored. Sequences of a group have their prompt's rows in common (Prefix Grouper, Liu et al. 2025, arXiv:2506.05433): its last row predicts
/// the first token of each.
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
    /// <exception cref="ShapeException">A sequence has another number of marks than of tokens.</exception>
    public static TokenBatch Pack(IReadOnlyList<(IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return PackGroups([.. sequences.Select(sequence => new SequenceGroup([], [sequence]))]);
    }

    /// <summary>Packs groups of sequences; where a group has several, the rows of its prompt are there once.</summary>
    /// <remarks>
    /// Log-probabilities and entropies have the same bits as if every sequence had the prompt to itself. Gradients by the weights agree to rounding: what all
    /// sequences of a group send back to the prompt is summed before it is multiplied by the prompt's activations, not after. They depend on the order of the
    /// groups, and not on how groups are shared out among batches whose gradients add up.
    /// </remarks>
    /// <param name="groups">The sequences, in the order of <see cref="Offsets"/>.</param>
    /// <exception cref="ShapeException">A continuation has another number of marks than of tokens.</exception>
    public static TokenBatch PackGroups(IReadOnlyList<SequenceGroup> groups)
    {
        ArgumentNullException.ThrowIfNull(groups);
        List<int> ids = [];
        List<int> rows = [];
        List<int> targets = [];
        List<int> offsets = [0];
        AttentionPlan plan = new();
        foreach (SequenceGroup group in groups)
        {
            bool isShared = group.Continuations.Count > 1 && group.Prompt.Count > 0;
            if (isShared)
            {
                plan.Append(group.Prompt.Count);
                ids.AddRange(group.Prompt);
            }
            int lastOfPrompt = ids.Count - 1;
            foreach ((IReadOnlyList<int> tokens, IReadOnlyList<bool> scored) in group.Continuations)
            {
                ShapeException.Require(
                    tokens.Count == scored.Count, "TokenBatch", $"a sequence has {tokens.Count} tokens and {scored.Count} marks");
                if (isShared)
                {
                    plan.AppendContinuation(tokens.Count);
                }
                else
                {
                    plan.Append(group.Prompt.Count + tokens.Count);
                    ids.AddRange(group.Prompt);
                }
                for (int t = 0; t < tokens.Count; t++)
                {
                    if (scored[t] && group.Prompt.Count + t > 0)
                    {
                        rows.Add(isShared && t == 0 ? lastOfPrompt : ids.Count - 1);
                        targets.Add(tokens[t]);
                    }
                    ids.Add(tokens[t]);
                }
                offsets.Add(targets.Count);
            }
        }
        return new TokenBatch(New(ids), plan, New(rows), New(targets), New(offsets));
    }

    /// <summary>Packs whole sequences of which every token after the first is scored.</summary>
    public static TokenBatch PackAll(IReadOnlyList<IReadOnlyList<int>> sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Pack([.. sequences.Select(ids => (ids, (IReadOnlyList<bool>)Enumerable.Repeat(true, ids.Count).ToArray()))]);
    }

    private static Indices New(List<int> values) => new(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values));
}
