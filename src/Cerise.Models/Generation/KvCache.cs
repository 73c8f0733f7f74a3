using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>Keys and values of running sequences in blocks of 64 positions; several sequences may share the full blocks of a common prefix.</summary>
public sealed class KvCache : IDisposable
{
    private readonly Storage[] _keys;
    private readonly Storage[] _values;
    private readonly int[] _users;
    private readonly Stack<int> _free;
    private readonly ModelConfig _config;
    private readonly Device _device;

    /// <param name="model">Whose keys and values.</param>
    /// <param name="blocks">How many blocks of 64 positions to hold.</param>
    public KvCache(CausalModel model, int blocks)
    {
        ArgumentNullException.ThrowIfNull(model);
        _config = model.Config;
        _device = model.Device;
        long length = (long)blocks * BlockLength(_config);
        _keys = [.. Enumerable.Range(0, _config.NumHiddenLayers).Select(_ => _device.Allocate(length))];
        _values = [.. Enumerable.Range(0, _config.NumHiddenLayers).Select(_ => _device.Allocate(length))];
        _users = new int[blocks];
        _free = new Stack<int>(blocks);
        Blocks = blocks;
        Clear();
    }

    /// <summary>How many blocks there are.</summary>
    public int Blocks { get; }

    /// <summary>How many of them are free.</summary>
    public int FreeBlocks => _free.Count;

    /// <summary>Bytes a block takes over all layers.</summary>
    public static long BytesPerBlock(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return 2L * config.NumHiddenLayers * BlockLength(config) * sizeof(float);
    }

    /// <summary>Blocks that hold so many positions.</summary>
    public static int BlocksFor(int positions) => (positions + KeyValueBlocks.BlockSize - 1) / KeyValueBlocks.BlockSize;

    /// <summary>The blocks of one layer.</summary>
    public KeyValueBlocks Layer(int layer) => new(_keys[layer], 0, _values[layer], 0, _config.NumKeyValueHeads, _config.HeadDim);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Storage storage in _keys.Concat(_values))
            storage.Dispose();
    }

    /// <summary>Ends every use of every block: the cache is as new, its memory still in place.</summary>
    /// <remarks>Blocks are taken from the first on again, so that memory beyond what runs at once is never touched.</remarks>
    internal void Clear()
    {
        Array.Clear(_users);
        _free.Clear();
        for (int block = Blocks - 1; block >= 0; block--)
            _free.Push(block);
    }

    /// <summary>Takes a free block.</summary>
    internal int Take()
    {
        int block = _free.Pop();
        _users[block] = 1;
        return block;
    }

    /// <summary>Lets one more sequence use a block.</summary>
    internal int Share(int block)
    {
        _users[block]++;
        return block;
    }

    /// <summary>How many use a block.</summary>
    internal int Users(int block) => _users[block];

    /// <summary>A copy of a block in a free one.</summary>
    internal int Copy(int block)
    {
        int copy = Take();
        long length = BlockLength(_config);
        foreach (Storage storage in _keys.Concat(_values))
            _device.Copy(storage, block * length, storage, copy * length, length);
        return copy;
    }

    /// <summary>Ends a sequence's use of its blocks.</summary>
    internal void Release(List<int> blocks)
    {
        foreach (int block in blocks)
            if (--_users[block] == 0)
                _free.Push(block);
    }

    private static long BlockLength(ModelConfig config) => (long)KeyValueBlocks.BlockSize * config.NumKeyValueHeads * config.HeadDim;
}
