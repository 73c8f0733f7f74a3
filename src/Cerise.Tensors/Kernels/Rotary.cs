using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Rotary position embedding (Su et al. 2021, arXiv:2104.09864) in the half-split form of Hugging Face's Llama.</summary>
/// <remarks>
/// (a, b) = (x[i], x[i + pairs]) of a head becomes (a cos - b sin, b cos + a sin); the gradient rotates by the negative angle. Channels behind the pairs are
/// copied: a head may be rotated in part (GPT-NeoX, arXiv:2204.06745; Phi).
/// </remarks>
internal readonly unsafe struct Rotary<TLanes>(
    int rows, int heads, int headDim, int pairs, float* x, float* cosines, float* sines, int* positions, float* y, bool inverse, bool accumulate) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Rows an item takes.</summary>
    public const int RowsPerItem = 32;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        int last = Math.Min(rows, (item + 1) * RowsPerItem);
        int half = pairs;
        int rest = headDim - (2 * pairs);
        for (int row = item * RowsPerItem; row < last; row++)
        {
            float* cos = cosines + ((nint)positions[row] * half);
            float* sin = sines + ((nint)positions[row] * half);
            for (int head = 0; head < heads; head++)
            {
                nint start = (((nint)row * heads) + head) * headDim;
                if (rest > 0)
                    Keep(x + start + (2 * half), y + start + (2 * half), rest);
                for (int i = 0; i < half; i += 16)
                {
                    int count = Math.Min(16, half - i);
                    if (count == 16)
                    {
                        TLanes s = TLanes.Load(sin + i);
                        Turn(TLanes.Load(x + start + i), TLanes.Load(x + start + half + i), TLanes.Load(cos + i), inverse ? TLanes.Zero - s : s, out TLanes a, out TLanes b);
                        if (accumulate)
                        {
                            a += TLanes.Load(y + start + i);
                            b += TLanes.Load(y + start + half + i);
                        }
                        TLanes.Store(a, y + start + i);
                        TLanes.Store(b, y + start + half + i);
                    }
                    else
                    {
                        TLanes s = TLanes.LoadPart(sin + i, count);
                        Turn(
                            TLanes.LoadPart(x + start + i, count), TLanes.LoadPart(x + start + half + i, count), TLanes.LoadPart(cos + i, count),
                            inverse ? TLanes.Zero - s : s, out TLanes a, out TLanes b);
                        if (accumulate)
                        {
                            a += TLanes.LoadPart(y + start + i, count);
                            b += TLanes.LoadPart(y + start + half + i, count);
                        }
                        TLanes.StorePart(a, y + start + i, count);
                        TLanes.StorePart(b, y + start + half + i, count);
                    }
                }
            }
        }
    }

    private void Keep(float* source, float* target, int count)
    {
        for (int i = 0; i < count; i++)
            target[i] = accumulate ? target[i] + source[i] : source[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(TLanes a, TLanes b, TLanes cos, TLanes sin, out TLanes turnedA, out TLanes turnedB)
    {
        turnedA = TLanes.Fma(a, cos, TLanes.Zero - (b * sin));
        turnedB = TLanes.Fma(b, cos, a * sin);
    }
}
