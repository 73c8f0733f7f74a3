using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>Draws a token for each of some sequences, into memory that is kept from step to step.</summary>
internal sealed class TokenDraws(CausalModel model)
{
    private SamplingRow[] _rows = [];
    private int[] _ids = [];
    private float[] _logProbs = [];

    /// <summary>The tokens drawn last; the first as many as there were sequences.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Their log-probabilities.</summary>
    public ReadOnlySpan<float> LogProbs => _logProbs;

    /// <summary>Draws the next token of some sequences from logits.</summary>
    /// <param name="logits">[count, vocab].</param>
    /// <param name="sequences">The sequences, in the order of the rows from <paramref name="first"/> on.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public void FromLogits(Tensor logits, List<RunningSequence> sequences, int first, int count)
    {
        SetRows(sequences, first, count);
        model.Device.Sample(logits, _rows.AsSpan(0, count), _ids.AsSpan(0, count), _logProbs.AsSpan(0, count));
    }

    /// <summary>Draws the next token of all sequences from hidden states, through the head.</summary>
    /// <param name="hidden">[sequences, hidden].</param>
    /// <param name="sequences">The sequences.</param>
    public void FromHidden(Tensor hidden, List<RunningSequence> sequences)
    {
        int count = sequences.Count;
        SetRows(sequences, 0, count);
        model.Sample(hidden, _rows.AsSpan(0, count), _ids.AsSpan(0, count), _logProbs.AsSpan(0, count));
    }

    private void SetRows(List<RunningSequence> sequences, int first, int count)
    {
        if (_ids.Length < count)
        {
            _rows = new SamplingRow[count];
            _ids = new int[count];
            _logProbs = new float[count];
        }
        for (int i = 0; i < count; i++)
            _rows[i] = sequences[first + i].NextRow();
    }
}
