namespace Cerise.Tensors;

/// <summary>What attention does with the products of queries and keys before their softmax.</summary>
/// <remarks>
/// score = cap(Scale * q k), with cap(s) = SoftCap * tanh(s / SoftCap), for the keys a query sees: those of its sequence up to its own position, of which a window
/// keeps the last. The same settings give the same bits in training, scoring and decoding.
/// </remarks>
/// <param name="HeadDim">Channels of a head.</param>
/// <param name="Scale">Multiplies the products; 1 / sqrt(headDim) for most families.</param>
/// <param name="Window">Keys a query sees, its own included: those at positions above p - Window for a query at p (Beltagy et al. 2020, arXiv:2004.05150); 0 (default) for all.</param>
/// <param name="SoftCap">Bounds the scores to (-SoftCap, SoftCap) (Gemma 2, arXiv:2408.00118, section 2); 0 (default) for none.</param>
public readonly record struct AttentionSettings(int HeadDim, float Scale, int Window = 0, float SoftCap = 0)
{
    /// <summary>Scores q k / sqrt(headDim) of all keys (Vaswani et al. 2017, arXiv:1706.03762).</summary>
    public AttentionSettings(int headDim)
        : this(headDim, (float)(1 / Math.Sqrt(headDim)))
    {
    }

    /// <summary>The first position that a query at <paramref name="position"/> sees.</summary>
    internal int FirstKey(int position) => Window == 0 ? 0 : Math.Max(0, position - Window + 1);

    /// <summary>The last position whose query sees the key at <paramref name="position"/>, if there are as many.</summary>
    internal int LastQuery(int position) => Window == 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, (long)position + Window - 1);

    /// <exception cref="ShapeException">A number is out of its range.</exception>
    internal void Check(string operation)
    {
        ShapeException.Require(HeadDim > 0, operation, $"heads have {HeadDim} channels: give at least 1");
        ShapeException.Require(float.IsFinite(Scale), operation, $"the scale is {Scale}: give a finite number, such as 1 / sqrt(headDim)");
        ShapeException.Require(Window >= 0, operation, $"the window is {Window}: give the number of keys that a query sees, or 0 for all");
        ShapeException.Require(SoftCap >= 0 && float.IsFinite(SoftCap), operation, $"the soft cap is {SoftCap}: give the bound of the scores, or 0 for none");
    }
}
