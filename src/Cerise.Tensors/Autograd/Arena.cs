namespace Cerise.Tensors.Autograd;

/// <summary>Memory for the tensors of one step: given back all at once, and kept for the next step.</summary>
/// <remarks>
/// Small tensors share large blocks, each large tensor has a block of its own. Steps differ in their numbers of tokens, so blocks of an earlier step that are too small
/// for this one are given up before more are asked for: memory is that of the largest step, not of all sizes that ever occurred.
/// </remarks>
internal sealed class Arena(Device device) : IDisposable
{
    private const long Alignment = 16;                                    // floats: one cache line
    private const long BlockLength = 1 << 22;                             // 16 MB
    private const long LargeLength = BlockLength / 8;

    private readonly List<Storage> _blocks = [];
    private readonly Dictionary<long, Stack<(Storage Block, long Offset)>> _free = [];
    private readonly List<LargeBlock> _large = [];
    private int _current;
    private long _used;
    private long _usedBefore;
    private int _step;

    /// <summary>The largest extent of memory that was ever handed out, in bytes; of what is held beyond it, an operating system need not have given any.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes held from the device.</summary>
    public long Bytes => (_blocks.Sum(block => block.Length) + _large.Sum(block => block.Storage.Length)) * sizeof(float);

    public (Storage Block, long Offset) Rent(long length)
    {
        long rounded = Rounded(length);
        return rounded >= LargeLength ? (RentLarge(rounded), 0) : RentSmall(rounded);
    }

    /// <summary>Makes a rented place free for the next request of its size.</summary>
    public void Return(long length, Storage block, long offset)
    {
        long rounded = Rounded(length);
        if (rounded >= LargeLength)
        {
            // Not by a lambda: what it captures would be allocated at every call, whatever the size.
            foreach (LargeBlock large in _large)
                large.IsFree |= large.Storage == block;
            return;
        }
        if (!_free.TryGetValue(rounded, out Stack<(Storage, long)>? returned))
            _free[rounded] = returned = new Stack<(Storage, long)>();
        returned.Push((block, offset));
    }

    /// <summary>Makes everything free.</summary>
    public void Reset()
    {
        foreach (Stack<(Storage, long)> returned in _free.Values)
            returned.Clear();
        foreach (LargeBlock large in _large)
            large.IsFree = true;
        _current = 0;
        _used = 0;
        _usedBefore = 0;
        _step++;
    }

    public void Dispose()
    {
        foreach (Storage block in _blocks)
            block.Dispose();
        foreach (LargeBlock large in _large)
            large.Storage.Dispose();
        _blocks.Clear();
        _large.Clear();
    }

    private static long Rounded(long length) => Math.Max(Alignment, (length + Alignment - 1) / Alignment * Alignment);

    private (Storage Block, long Offset) RentSmall(long rounded)
    {
        if (_free.TryGetValue(rounded, out Stack<(Storage, long)>? returned) && returned.TryPop(out (Storage, long) place))
            return place;
        if (_current < _blocks.Count && _blocks[_current].Length - _used < rounded)
        {
            _usedBefore += _used;
            _current++;
            _used = 0;
        }
        if (_current == _blocks.Count)
            _blocks.Add(device.Allocate(BlockLength));
        long offset = _used;
        _used += rounded;
        NotePeak();
        return (_blocks[_current], offset);
    }

    // The smallest block that fits without wasting much.
    private Storage RentLarge(long length)
    {
        LargeBlock? best = null;
        foreach (LargeBlock block in _large)
            if (block.IsFree && block.Storage.Length >= length && block.Storage.Length <= length + (length / 4) && (best is null || block.Storage.Length < best.Storage.Length))
                best = block;
        if (best is null)
        {
            GiveUp(length);
            _large.Add(best = new LargeBlock(device.Allocate(Class(length))));
        }
        (best.IsFree, best.LastStep, best.Touched) = (false, _step, Math.Max(best.Touched, length));
        NotePeak();
        return best.Storage;
    }

    // Blocks that this step has not used yet, the largest first, until as much is free as is asked for.
    private void GiveUp(long length)
    {
        for (long freed = 0; freed < length;)
        {
            LargeBlock? largest = null;
            foreach (LargeBlock block in _large)
                if (block.LastStep != _step && (largest is null || block.Storage.Length > largest.Storage.Length))
                    largest = block;
            if (largest is null)
                return;
            freed += largest.Storage.Length;
            largest.Storage.Dispose();
            _large.Remove(largest);
        }
    }

    // Lengths in steps of an eighth of their power of two, so that steps of nearly one size use the same blocks.
    private static long Class(long length)
    {
        long step = 1L << Math.Max(0, System.Numerics.BitOperations.Log2((ulong)length) - 3);
        return (length + step - 1) / step * step;
    }

    private void NotePeak()
    {
        long touched = _usedBefore + _used;
        foreach (LargeBlock block in _large)
            touched += block.Touched;
        PeakBytes = Math.Max(PeakBytes, touched * sizeof(float));
    }

    private sealed class LargeBlock(Storage storage)
    {
        public Storage Storage { get; } = storage;

        public bool IsFree { get; set; }

        /// <summary>The last step that used it.</summary>
        public int LastStep { get; set; }

        /// <summary>Numbers that were ever handed out of it.</summary>
        public long Touched { get; set; }
    }
}
