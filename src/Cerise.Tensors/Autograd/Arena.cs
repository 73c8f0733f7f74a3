namespace Cerise.Tensors.Autograd;

/// <summary>Memory for the tensors of one step: taken from large blocks, given back all at once, kept for the next step.</summary>
internal sealed class Arena(Device device) : IDisposable
{
    private const long Alignment = 16;                                    // floats: one cache line
    private const long BlockLength = 1 << 22;                             // 16 MB

    private readonly List<Storage> _blocks = [];
    private readonly Dictionary<long, Stack<(Storage Block, long Offset)>> _free = [];
    private int _current;
    private long _used;
    private long _usedBefore;

    /// <summary>The largest extent of memory that was ever handed out, in bytes; of what is held beyond it, an operating system need not have given any.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes held from the device.</summary>
    public long Bytes => _blocks.Sum(block => block.Length) * sizeof(float);

    public (Storage Block, long Offset) Rent(long length)
    {
        long rounded = Math.Max(Alignment, (length + Alignment - 1) / Alignment * Alignment);
        if (_free.TryGetValue(rounded, out Stack<(Storage, long)>? returned) && returned.TryPop(out (Storage, long) place))
            return place;
        while (_current < _blocks.Count && _blocks[_current].Length - _used < rounded)
        {
            _usedBefore += _used;
            _current++;
            _used = 0;
        }
        if (_current == _blocks.Count)
            _blocks.Add(device.Allocate(Math.Max(BlockLength, rounded)));
        long offset = _used;
        _used += rounded;
        PeakBytes = Math.Max(PeakBytes, (_usedBefore + _used) * sizeof(float));
        return (_blocks[_current], offset);
    }

    /// <summary>Makes a rented place free for the next request of the same size.</summary>
    public void Return(long length, Storage block, long offset)
    {
        long rounded = Math.Max(Alignment, (length + Alignment - 1) / Alignment * Alignment);
        if (!_free.TryGetValue(rounded, out Stack<(Storage, long)>? returned))
            _free[rounded] = returned = new Stack<(Storage, long)>();
        returned.Push((block, offset));
    }

    /// <summary>Makes everything free.</summary>
    public void Reset()
    {
        foreach (Stack<(Storage, long)> returned in _free.Values)
            returned.Clear();
        _current = 0;
        _used = 0;
        _usedBefore = 0;
    }

    public void Dispose()
    {
        foreach (Storage block in _blocks)
            block.Dispose();
        _blocks.Clear();
    }
}
