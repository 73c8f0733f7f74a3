using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Loops over numbers one by one, written once for all functions of one and of two numbers.</summary>
internal static unsafe partial class Elementwise
{
    /// <summary>Numbers an item takes.</summary>
    public const int LengthPerItem = 8192;

    public readonly struct Unary<TLanes>(UnaryOp op, float p, float q, long length, float* x, float* y) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            long last = Math.Min(length, (item + 1L) * LengthPerItem);
            for (long i = (long)item * LengthPerItem; i < last; i += 16)
            {
                int count = (int)Math.Min(16, last - i);
                TLanes v = RowPart.Read<TLanes>(x + i, count);
                TLanes result = op switch
                {
                    UnaryOp.Affine => TLanes.Fma(v, TLanes.Broadcast(p), TLanes.Broadcast(q)),
                    UnaryOp.Exp => Elementary.Exp(v),
                    UnaryOp.Clamp => TLanes.Min(TLanes.Broadcast(q), TLanes.Max(TLanes.Broadcast(p), v)),
                    UnaryOp.Square => v * v,
                    UnaryOp.Gelu => Elementary.Gelu(v),
                    UnaryOp.GeluTanh => Elementary.GeluTanh(v),
                    _ => Elementary.Sigmoid(v),
                };
                RowPart.Write(result, y + i, count);
            }
        }
    }

    public readonly struct UnaryBackward<TLanes>(UnaryOp op, float p, float q, long length, float* x, float* y, float* gradOutput, float* gradInput, bool accumulate) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            TLanes one = TLanes.Broadcast(1);
            long last = Math.Min(length, (item + 1L) * LengthPerItem);
            for (long i = (long)item * LengthPerItem; i < last; i += 16)
            {
                int count = (int)Math.Min(16, last - i);
                TLanes v = RowPart.Read<TLanes>(x + i, count);
                TLanes dy = RowPart.Read<TLanes>(gradOutput + i, count);
                TLanes slope = op switch
                {
                    UnaryOp.Affine => TLanes.Broadcast(p),
                    UnaryOp.Exp => RowPart.Read<TLanes>(y + i, count),
                    UnaryOp.Clamp => TLanes.SelectLess(v, TLanes.Broadcast(p), TLanes.Zero, TLanes.SelectLess(TLanes.Broadcast(q), v, TLanes.Zero, one)),
                    UnaryOp.Square => v + v,
                    UnaryOp.Gelu => Elementary.GeluSlope(v),
                    UnaryOp.GeluTanh => Elementary.GeluTanhSlope(v),
                    _ => RowPart.Read<TLanes>(y + i, count) * (one - RowPart.Read<TLanes>(y + i, count)),
                };
                RowPart.Write(dy * slope, gradInput + i, count, accumulate);
            }
        }
    }

    public readonly struct Binary<TLanes>(BinaryOp op, long length, float* a, float* b, float* y) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            long last = Math.Min(length, (item + 1L) * LengthPerItem);
            for (long i = (long)item * LengthPerItem; i < last; i += 16)
            {
                int count = (int)Math.Min(16, last - i);
                TLanes u = RowPart.Read<TLanes>(a + i, count);
                TLanes v = RowPart.Read<TLanes>(b + i, count);
                TLanes result = op switch
                {
                    BinaryOp.Add => u + v,
                    BinaryOp.Subtract => u - v,
                    BinaryOp.Multiply => u * v,
                    BinaryOp.Min => KeepNaN(u, TLanes.Min(u, v)),
                    _ => KeepNaN(u, TLanes.Max(u, v)),
                };
                RowPart.Write(result, y + i, count);
            }
        }
    }

    public readonly struct BinaryBackward<TLanes>(BinaryOp op, long length, float* a, float* b, float* gradOutput, bool second, float* gradInput, bool accumulate) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            TLanes one = TLanes.Broadcast(second ? 0 : 1);                 // share of a where a is taken, share of b where b is taken
            TLanes other = TLanes.Broadcast(second ? 1 : 0);
            long last = Math.Min(length, (item + 1L) * LengthPerItem);
            for (long i = (long)item * LengthPerItem; i < last; i += 16)
            {
                int count = (int)Math.Min(16, last - i);
                TLanes u = RowPart.Read<TLanes>(a + i, count);
                TLanes v = RowPart.Read<TLanes>(b + i, count);
                TLanes slope = op switch
                {
                    BinaryOp.Add => TLanes.Broadcast(1),
                    BinaryOp.Subtract => TLanes.Broadcast(second ? -1 : 1),
                    BinaryOp.Multiply => second ? u : v,
                    BinaryOp.Min => TLanes.SelectLess(v, u, other, one),
                    _ => TLanes.SelectLess(u, v, other, one),
                };
                RowPart.Write(RowPart.Read<TLanes>(gradOutput + i, count) * slope, gradInput + i, count, accumulate);
            }
        }
    }

    // A NaN of the second operand survives Min and Max by itself; this brings back the first's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes KeepNaN<TLanes>(TLanes first, TLanes result)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes infinity = TLanes.Broadcast(float.PositiveInfinity);
        return TLanes.SelectLess(first, infinity, result, TLanes.SelectLess(TLanes.Zero, first, result, first));
    }
}
