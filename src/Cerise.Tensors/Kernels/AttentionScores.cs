using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>What settings other than the plain ones do to scores; apart from the kernels' own loops, which so stay as fast without.</summary>
internal static unsafe class AttentionScores
{
    /// <summary>Hides the keys of a block that lie before a query's window, so that online softmax gives them a probability of exactly 0.</summary>
    /// <param name="s">Scores of one query, [64].</param>
    /// <param name="first">The first column the query sees, 1 to 63.</param>
    /// <param name="columns">What <see cref="OnlineSoftmax.Columns"/> wrote.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void HideBefore<TLanes>(float* s, int first, float* columns)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes start = TLanes.Broadcast(first);
        TLanes hidden = TLanes.Broadcast(float.NegativeInfinity);
        for (int j = 0; j < first; j += 16)
            TLanes.Store(TLanes.SelectLess(TLanes.Load(columns + j), start, hidden, TLanes.Load(s + j)), s + j);
    }

    /// <summary>The backward pass of one query's scores: they become probabilities in p; gradients by probabilities become gradients by scores in ds.</summary>
    /// <remarks>With z = cap tanh(s / cap), or s where there is no cap: p = e^(z - logSumExp), ds = p (dp - delta) (1 - (z / cap)^2); both 0 in columns that are not seen.</remarks>
    /// <param name="p">Scores; overwritten by the probabilities, [padded].</param>
    /// <param name="ds">Gradients by the probabilities; overwritten by those by the scores, [padded].</param>
    /// <param name="first">The first column the query sees.</param>
    /// <param name="end">The column after the last it sees.</param>
    /// <param name="padded">Columns to work on, a multiple of 16.</param>
    /// <param name="columns">What <see cref="OnlineSoftmax.Columns"/> wrote.</param>
    /// <param name="logSumExp">ln of the sum of e^z over all the query sees.</param>
    /// <param name="delta">Sum of the output times its gradient.</param>
    /// <param name="cap">The bound of the scores, 0 for none.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Gradients<TLanes>(float* p, float* ds, int first, int end, int padded, float* columns, float logSumExp, float delta, float cap)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes start = TLanes.Broadcast(first);
        TLanes behind = TLanes.Broadcast(end);
        TLanes shift = TLanes.Broadcast(logSumExp);
        TLanes mean = TLanes.Broadcast(delta);
        TLanes bound = TLanes.Broadcast(cap);
        TLanes inverse = TLanes.Broadcast(cap > 0 ? 1 / cap : 0);
        TLanes one = TLanes.Broadcast(1f);
        for (int j = 0; j < padded; j += 16)
        {
            TLanes column = TLanes.Load(columns + j);
            TLanes z = TLanes.Load(p + j);
            TLanes slope = one;
            if (cap > 0)
            {
                TLanes t = Elementary.Tanh(z * inverse);
                z = bound * t;
                slope = TLanes.Fma(TLanes.Zero - t, t, one);
            }
            TLanes probability = Elementary.ExpOfNonPositive(z - shift);                            // above 0 by no more than rounding
            TLanes gradient = probability * (TLanes.Load(ds + j) - mean) * slope;
            probability = TLanes.SelectLess(column, start, TLanes.Zero, TLanes.SelectLess(column, behind, probability, TLanes.Zero));
            gradient = TLanes.SelectLess(column, start, TLanes.Zero, TLanes.SelectLess(column, behind, gradient, TLanes.Zero));
            TLanes.Store(probability, p + j);
            TLanes.Store(gradient, ds + j);
        }
    }
}
