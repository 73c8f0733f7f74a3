using System.Numerics;

namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>Which pairs of ids merge, in which order of preference, and into which id. An open-addressed table; read by many threads once built.</summary>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int None = int.MaxValue;

    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _pairs;
    private readonly int[] _ranks;
    private readonly int[] _results;
    private readonly int _shift;

    /// <summary>Makes the table for merges in order of rank; a pair that is named twice takes its last rank, as in the reference tokenizer.</summary>
    public MergeTable(ReadOnlySpan<(int Left, int Right, int Result)> merges)
    {
        int bits = BitOperations.Log2((uint)Math.Max(8, merges.Length)) + 2;     // a quarter to a half full
        _shift = 64 - bits;
        _pairs = new ulong[1 << bits];
        _ranks = new int[1 << bits];
        _results = new int[merges.Length];
        Array.Fill(_pairs, Empty);
        for (int rank = 0; rank < merges.Length; rank++)
        {
            ulong pair = Pair(merges[rank].Left, merges[rank].Right);
            int slot = Find(pair);
            _pairs[slot] = pair;
            _ranks[slot] = rank;
            _results[rank] = merges[rank].Result;
        }
    }

    /// <summary>The rank of a pair, lower first, or <see cref="None"/>.</summary>
    public int RankOf(int left, int right)
    {
        ulong pair = Pair(left, right);
        int slot = Find(pair);
        return _pairs[slot] == pair ? _ranks[slot] : None;
    }

    /// <summary>The id that the merge of this rank makes.</summary>
    public int ResultOf(int rank) => _results[rank];

    private static ulong Pair(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>The slot of the pair, or the empty one where it would go.</summary>
    private int Find(ulong pair)
    {
        int slot = (int)(unchecked(pair * 0x9E3779B97F4A7C15 ^ (pair >> 29) * 0xBF58476D1CE4E5B9) >> _shift);
        while (_pairs[slot] != pair && _pairs[slot] != Empty)
            slot = (slot + 1) & (_pairs.Length - 1);
        return slot;
    }
}
