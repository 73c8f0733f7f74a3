using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>The gated unit of Llama's feed-forward layer (Shazeer 2020, arXiv:2002.05202): y = silu(gate) * up, silu(x) = x * sigmoid(x).</summary>
/// <remarks>dup = dy * silu(gate); dgate = dy * up * sigmoid(gate) * (1 + gate * (1 - sigmoid(gate))).</remarks>
internal static unsafe partial class SwiGlu
{
    /// <summary>Numbers an item takes.</summary>
    public const int LengthPerItem = 8192;

    public readonly struct Forward<TLanes>(long length, float* gate, float* up, float* y) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            long last = Math.Min(length, (item + 1L) * LengthPerItem);
            for (long i = (long)item * LengthPerItem; i < last; i += 16)
            {
                int count = (int)Math.Min(16, last - i);
                TLanes x = RowPart.Read<TLanes>(gate + i, count);
                RowPart.Write(x * Elementary.Sigmoid(x) * RowPart.Read<TLanes>(up + i, count), y + i, count);
            }
        }
    }

    public readonly struct Backward<TLanes>(long length, float* gate, float* up, float* gradOutput, float* gradGate, bool accumulateGate, float* gradUp, bool accumulateUp) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            long last = Math.Min(length, (item + 1L) * LengthPerItem);
            for (long i = (long)item * LengthPerItem; i < last; i += 16)
            {
                int count = (int)Math.Min(16, last - i);
                TLanes x = RowPart.Read<TLanes>(gate + i, count);
                TLanes dy = RowPart.Read<TLanes>(gradOutput + i, count);
                TLanes s = Elementary.Sigmoid(x);
                TLanes dUp = dy * (x * s);
                TLanes one = TLanes.Broadcast(1);
                TLanes dGate = dy * RowPart.Read<TLanes>(up + i, count) * s * TLanes.Fma(x, one - s, one);
                RowPart.Write(dGate, gradGate + i, count, accumulateGate);
                RowPart.Write(dUp, gradUp + i, count, accumulateUp);
            }
        }
    }
}
