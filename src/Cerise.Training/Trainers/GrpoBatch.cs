using Cerise.Tensors;
using Cerise.Training.Batches;
using Cerise.Training.Rollouts;

namespace Cerise.Training.Trainers;

/// <summary>A step's completions with their advantages and log-probabilities; a row is a completion.</summary>
internal sealed class GrpoBatch
{
    private readonly GrpoOptions _options;

    public GrpoBatch(IReadOnlyList<Rollout> rollouts, double[] advantages, GrpoOptions options)
    {
        Rollouts = rollouts;
        Advantages = advantages;
        Sequences = [.. rollouts.Select(rollout => Sequence(rollout, options))];
        _options = options;
    }

    public IReadOnlyList<Rollout> Rollouts { get; }

    public IReadOnlyList<double> Advantages { get; }

    public IReadOnlyList<TokenSequence> Sequences { get; }

    /// <summary>Log-probabilities under the reference, by row and token; null without a KL penalty.</summary>
    public float[][]? ReferenceLogProbs { get; set; }

    public long Tokens => Sequences.Sum(sequence => (long)sequence.Ids.Count);

    /// <summary>Completion tokens of a row.</summary>
    public int Length(int row) => Rollouts[row].Completion.Ids.Count;

    /// <summary>Log-probabilities as recorded while sampling.</summary>
    public IReadOnlyList<float> OldLogProbs(int row) => Rollouts[row].Completion.LogProbs;

    /// <summary>Whether a row is left out of the loss and of what the loss is divided by.</summary>
    public bool IsMasked(int row) => _options.MaskTruncatedCompletions && Rollouts[row].Truncated;

    /// <summary>Whether a row can move the policy. One with advantage 0 and no KL penalty adds exact zeros to every gradient, so it need not be computed.</summary>
    public bool HasGradient(int row) => !IsMasked(row) && (Advantages[row] != 0 || ReferenceLogProbs is not null);

    /// <summary>The rows of each optimizer step of one pass: all, or shuffled and cut into parts of like size, within which a group's rows stand side by side.</summary>
    public IEnumerable<int[]> Minibatches(Seed seed)
    {
        int[] rows = [.. Enumerable.Range(0, Rollouts.Count)];
        if (_options.StepsPerGeneration == 1)
            return [rows];
        int[] shuffled = seed.Permutation(rows.Length);
        int steps = Math.Min(_options.StepsPerGeneration, rows.Length);
        return Enumerable.Range(0, steps).Select(i => shuffled[(rows.Length * i / steps)..(rows.Length * (i + 1) / steps)].Order().ToArray());
    }

    private static TokenSequence Sequence(Rollout rollout, GrpoOptions options) =>
        TokenSequence.Of(rollout.Prompt.Ids, rollout.Completion.Ids) with { Group = options.SharedPrefix ? rollout.Group : null };

    /// <summary>Numbers of some rows' tokens, end to end.</summary>
    public static float[] PerToken(int[] rows, Func<int, IReadOnlyList<float>> numbers) => [.. rows.SelectMany(numbers)];

    /// <summary>A number of each row, repeated for its tokens.</summary>
    public float[] PerToken(int[] rows, Func<int, double> number) => [.. rows.SelectMany(row => Enumerable.Repeat((float)number(row), Length(row)))];
}
