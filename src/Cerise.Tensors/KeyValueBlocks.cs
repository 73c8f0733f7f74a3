namespace Cerise.Tensors;

/// <summary>Keys and values of one layer in blocks of 64 positions, wherever they come from: a cache, or the same forward pass.</summary>
/// <remarks>
/// Block b holds keys as [kvHeads, headDim, 64] (ready to be multiplied by queries) and values as [kvHeads, 64, headDim]. Position p of a sequence is always
/// column p % 64 of its block p / 64, so attention sums in the same groups whether keys were cached one by one, computed at once, or shared between sequences.
/// </remarks>
/// <param name="Keys">Memory of the keys.</param>
/// <param name="KeysOffset">First number of block 0's keys.</param>
/// <param name="Values">Memory of the values.</param>
/// <param name="ValuesOffset">First number of block 0's values.</param>
/// <param name="KvHeads">Heads of keys and values.</param>
/// <param name="HeadDim">Channels of a head.</param>
public readonly record struct KeyValueBlocks(Storage Keys, long KeysOffset, Storage Values, long ValuesOffset, int KvHeads, int HeadDim)
{
    /// <summary>Positions in a block.</summary>
    public const int BlockSize = 64;

    /// <summary>Numbers that a block's keys (or values) take.</summary>
    public long BlockLength => (long)BlockSize * KvHeads * HeadDim;
}
