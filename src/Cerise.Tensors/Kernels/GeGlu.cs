using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>The gated unit of Gemma's feed-forward layer (Shazeer 2020, arXiv:2002.05202): y = gelu(gate) * up.</summary>
/// <remarks>dup = dy * gelu(gate); dgate = dy * up * gelu'(gate).</remarks>
internal static unsafe partial class GeGlu
{
    /// <summary>Numbers an item takes.</summary>
    public const int LengthPerItem = 8192;

    public readonly struct Forward<TLanes>(GeluForm form, long length, float* gate, float* up, float* y) : IJob
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
                RowPart.Write(Gelu(form, x) * RowPart.Read<TLanes>(up + i, count), y + i, count);
            }
        }
    }

    public readonly struct Backward<TLanes>(
        GeluForm form, long length, float* gate, float* up, float* gradOutput, float* gradGate, bool accumulateGate, float* gradUp, bool accumulateUp) : IJob
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
                TLanes slope = form == GeluForm.Exact ? Elementary.GeluSlope(x) : Elementary.GeluTanhSlope(x);
                RowPart.Write(dy * RowPart.Read<TLanes>(up + i, count) * slope, gradGate + i, count, accumulateGate);
                RowPart.Write(dy * Gelu(form, x), gradUp + i, count, accumulateUp);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Gelu<TLanes>(GeluForm form, TLanes x)
        where TLanes : struct, ILanes<TLanes> => form == GeluForm.Exact ? Elementary.Gelu(x) : Elementary.GeluTanh(x);
}
