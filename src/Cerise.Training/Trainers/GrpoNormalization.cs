using Cerise.Training.Losses;

namespace Cerise.Training.Trainers;

/// <summary>What an optimizer step's sum over tokens is divided by, fixed before the step is cut into micro-batches.</summary>
internal sealed class GrpoNormalization
{
    private readonly GrpoBatch _batch;
    private readonly PolicyLossType _lossType;
    private readonly int _maxLength;
    private readonly int _completions;
    private readonly long _tokens;

    private GrpoNormalization(GrpoBatch batch, int completions, long tokens, GrpoOptions options)
    {
        _batch = batch;
        _completions = Math.Max(1, completions);
        _tokens = Math.Max(1, tokens);
        _lossType = options.LossType;
        _maxLength = options.MaxCompletionLength;
    }

    /// <summary>Counts the rows' completions and tokens, masked ones left out.</summary>
    public static GrpoNormalization Of(GrpoBatch batch, int[] rows, GrpoOptions options)
    {
        int[] counted = [.. rows.Where(row => !batch.IsMasked(row))];
        return new GrpoNormalization(batch, counted.Length, counted.Sum(row => (long)batch.Length(row)), options);
    }

    /// <summary>The weight of each token of the rows.</summary>
    public float[] TokenWeights(int[] rows) => _batch.PerToken(rows, row => _lossType switch
    {
        PolicyLossType.Grpo or PolicyLossType.Gspo => 1.0 / ((double)_completions * _batch.Length(row)),
        PolicyLossType.DrGrpo => 1.0 / ((double)_completions * _maxLength),
        _ => 1.0 / _tokens,
    });

    /// <summary>The weight of each of the rows, for losses by completion.</summary>
    public float[] SequenceWeights(int[] rows)
    {
        float[] weights = new float[rows.Length];
        Array.Fill(weights, 1f / _completions);
        return weights;
    }
}
