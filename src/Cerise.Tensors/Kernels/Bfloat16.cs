using System.Numerics;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>float32 to bfloat16 and back: the upper half of a float32, rounded to nearest with ties to even. Whole numbers only, so every width has the same bits.</summary>
internal static unsafe class Bfloat16
{
    /// <summary>Numbers an item takes.</summary>
    public const int LengthPerItem = 1 << 15;

    private const uint Infinity = 0x7F80_0000;
    private const uint Quiet = 0x0040_0000;

    public readonly struct Round(long length, float* source, ushort* target) : IJob
    {
        public void Run(int item, int worker)
        {
            long i = (long)item * LengthPerItem;
            long last = Math.Min(length, i + LengthPerItem);
            for (int width = Vector<ushort>.Count; i + width <= last; i += width)
            {
                Vector<uint> low = Upper(Vector.Load((uint*)source + i));
                Vector<uint> high = Upper(Vector.Load((uint*)source + i + Vector<uint>.Count));
                Vector.Store(Vector.Narrow(low, high), target + i);
            }
            for (; i < last; i++)
                target[i] = (ushort)Upper(new Vector<uint>(((uint*)source)[i]))[0];
        }

        // NaN would become an infinity if rounding carried out of its fraction, or if only lower bits of it were set.
        private static Vector<uint> Upper(Vector<uint> bits)
        {
            Vector<uint> rounded = bits + new Vector<uint>(0x7FFF) + ((bits >> 16) & Vector<uint>.One);
            Vector<uint> isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFF_FFFF), new Vector<uint>(Infinity));
            return Vector.ConditionalSelect(isNaN, bits | new Vector<uint>(Quiet), rounded) >> 16;
        }
    }

    public readonly struct Widen(long length, ushort* source, float* target) : IJob
    {
        public void Run(int item, int worker)
        {
            long i = (long)item * LengthPerItem;
            long last = Math.Min(length, i + LengthPerItem);
            for (int width = Vector<ushort>.Count; i + width <= last; i += width)
            {
                Vector.Widen(Vector.Load(source + i), out Vector<uint> low, out Vector<uint> high);
                Vector.Store(low << 16, (uint*)target + i);
                Vector.Store(high << 16, (uint*)target + i + Vector<uint>.Count);
            }
            for (; i < last; i++)
                ((uint*)target)[i] = (uint)source[i] << 16;
        }
    }
}
