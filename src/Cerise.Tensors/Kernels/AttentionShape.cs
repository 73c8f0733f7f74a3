namespace Cerise.Tensors.Kernels;

/// <summary>Heads of queries, heads of keys and values, channels of a head.</summary>
internal readonly record struct AttentionShape(int Heads, int KvHeads, int HeadDim)
{
    /// <summary>Queries of a sequence that an item takes, so that with all query heads of a key head they fill a tile.</summary>
    public int QueriesPerItem(int tileRows) => Math.Max(1, tileRows / (Heads / KvHeads));
}
