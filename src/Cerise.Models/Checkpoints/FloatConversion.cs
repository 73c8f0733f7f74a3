using System.Numerics;
using System.Runtime.InteropServices;
using Cerise.Tensors;

namespace Cerise.Models.Checkpoints;

/// <summary>Converts between float and the stored float types; narrowing rounds to nearest, ties to even, and keeps NaN a NaN.</summary>
internal static class FloatConversion
{
    /// <summary>Widens or narrows stored elements to float. F64 beyond float's range becomes infinite.</summary>
    public static void ToFloat(SafetensorsDType dtype, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (dtype)
        {
            case SafetensorsDType.F32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                break;
            case SafetensorsDType.BF16:
                FromBfloat16(MemoryMarshal.Cast<byte, ushort>(source), destination);
                break;
            case SafetensorsDType.F16:
                ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(source);
                for (int i = 0; i < halves.Length; i++)
                    destination[i] = (float)halves[i];
                break;
            case SafetensorsDType.F64:
                ReadOnlySpan<double> doubles = MemoryMarshal.Cast<byte, double>(source);
                for (int i = 0; i < doubles.Length; i++)
                    destination[i] = (float)doubles[i];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a float type");
        }
    }

    /// <summary>Rounds floats to a stored type: F32, F16 or BF16.</summary>
    public static void FromFloat(SafetensorsDType dtype, ReadOnlySpan<float> source, Span<byte> destination)
    {
        switch (dtype)
        {
            case SafetensorsDType.F32:
                source.CopyTo(MemoryMarshal.Cast<byte, float>(destination));
                break;
            case SafetensorsDType.BF16:
                Span<ushort> upper = MemoryMarshal.Cast<byte, ushort>(destination);
                for (int i = 0; i < source.Length; i++)
                    upper[i] = ToBfloat16(source[i]);
                break;
            case SafetensorsDType.F16:
                Span<Half> halves = MemoryMarshal.Cast<byte, Half>(destination);
                for (int i = 0; i < source.Length; i++)
                    halves[i] = (Half)source[i];
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a type that floats are written in");
        }
    }

    /// <summary>The nearest bfloat16, ties to even.</summary>
    public static ushort ToBfloat16(float value) => (ushort)(BitConverter.SingleToUInt32Bits(DType.Bfloat16.Round(value)) >> 16);

    private static void FromBfloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++)
            bits[i] = (uint)source[i] << 16;
    }
}
