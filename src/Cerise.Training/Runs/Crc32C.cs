using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Cerise.Training.Runs;

/// <summary>The Castagnoli cyclic redundancy check (RFC 3720, appendix B.4): guards
/// TensorBoard's records and the files of a checkpoint against damage.</summary>
internal static class Crc32C
{
    /// <summary>Checksum of bytes; the checksum of "123456789" is 0xE3069283.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    /// <summary>Checksum of a stream's remaining bytes.</summary>
    public static uint Of(Stream stream)
    {
        byte[] buffer = new byte[1 << 18];
        uint state = uint.MaxValue;
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            state = Append(state, buffer.AsSpan(0, read));
        return ~state;
    }

    /// <summary>TensorBoard's form: rotated and shifted by a constant, so that a record that holds checksums does not check itself.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes) => unchecked(BitOperations.RotateRight(Of(bytes), 15) + 0xA282EAD8);

    private static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            state = BitOperations.Crc32C(state, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (byte last in bytes[(words.Length * sizeof(ulong))..])
            state = BitOperations.Crc32C(state, last);
        return state;
    }
}
