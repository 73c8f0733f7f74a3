namespace Cerise.Tensors.Kernels;

/// <summary>Heads of queries, heads of keys and values, channels of a head.</summary>
internal readonly record struct AttentionShape(int Heads, int KvHeads, int HeadDim)
{
    /// <summary>The most query heads that may share a key head: all of one query's must fit a tile.</summary>
    public const int LargestGroup = 48;

    /// <summary>Queries of a sequence that an item takes, so that with all query heads of a key head they fill a tile.</summary>
    public int QueriesPerItem(int tileRows) => Math.Max(1, tileRows / (Heads / KvHeads));
}
