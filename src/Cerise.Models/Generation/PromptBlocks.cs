namespace Cerise.Models.Generation;

/// <summary>A prompt's blocks while samples of it still wait to begin.</summary>
internal sealed class PromptBlocks(int[] blocks, int length, int waiting)
{
    private int _waiting = waiting;

    /// <summary>Tokens of the prompt.</summary>
    public int Length => length;

    /// <summary>Blocks for one sample: the full ones shared, a part-filled last one copied.</summary>
    /// <param name="cache">Where the blocks are.</param>
    /// <param name="most">Most blocks the sample will have: the list has room for them.</param>
    public List<int> Split(KvCache cache, int most)
    {
        int full = length / Tensors.KeyValueBlocks.BlockSize;
        List<int> own = new(most);
        for (int i = 0; i < full; i++)
            own.Add(cache.Share(blocks[i]));
        if (full < blocks.Length)
            own.Add(cache.Copy(blocks[full]));
        return own;
    }

    /// <summary>A sample has begun, or ended before it began; after the last one the prompt's own hold on its blocks ends.</summary>
    public void Done(KvCache cache)
    {
        if (--_waiting == 0)
            cache.Release(blocks);
    }
}
