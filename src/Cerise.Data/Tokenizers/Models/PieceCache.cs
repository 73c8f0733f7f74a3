using System.Runtime.InteropServices;

namespace Cerise.Data.Tokenizers.Models;

/// <summary>The ids of short pieces met before. Bounded, without locks: an entry is immutable and a slot holds the latest that fell into it.</summary>
internal sealed class PieceCache
{
    /// <summary>Longer pieces seldom come twice; UTF-16 units.</summary>
    public const int LongestPiece = 32;

    private const int Bits = 16;

    private readonly Entry?[] _slots = new Entry?[1 << Bits];

    /// <summary>The ids of the piece, or an empty span where it is not known.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="slot">Where <see cref="Store"/> puts it.</param>
    public ReadOnlySpan<int> Find(ReadOnlySpan<char> piece, out int slot)
    {
        slot = SlotOf(piece);
        Entry? entry = Volatile.Read(ref _slots[slot]);
        return entry is not null && piece.SequenceEqual(entry.Piece) ? entry.Ids : default;
    }

    /// <summary>Keeps the ids of a piece in the slot that <see cref="Find"/> gave.</summary>
    public void Store(int slot, ReadOnlySpan<char> piece, ReadOnlySpan<int> ids) =>
        Volatile.Write(ref _slots[slot], new Entry(piece.ToString(), ids.ToArray()));

    private static int SlotOf(ReadOnlySpan<char> piece)
    {
        unchecked
        {
            ulong hash = (ulong)piece.Length;
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(piece);
            for (; bytes.Length >= 8; bytes = bytes[8..])
                hash = (hash ^ MemoryMarshal.Read<ulong>(bytes)) * 0x9E3779B97F4A7C15 ^ (hash >> 31);
            ulong tail = 0;
            foreach (char c in MemoryMarshal.Cast<byte, char>(bytes))
                tail = (tail << 16) | c;
            hash = (hash ^ tail) * 0xBF58476D1CE4E5B9;
            return (int)((hash ^ (hash >> 29)) * 0x94D049BB133111EB >> (64 - Bits));
        }
    }

    private sealed record Entry(string Piece, int[] Ids);
}
