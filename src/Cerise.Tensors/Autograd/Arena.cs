using System.Numerics;

namespace Cerise.Tensors.Autograd;

/// <summary>Memory for the tensors of one step: given back all at once, and kept for the next step.</summary>
/// <remarks>
/// Steps differ in their numbers of tokens, and memory should be that of the largest step, not of all sizes that ever occurred. So tensors lie end to end in blocks that
/// every step fills anew; only the largest have blocks of their own, and of these the ones too small for a step are given up before more are asked for.
/// </remarks>
internal sealed class Arena(Device device) : IDisposable
{
    private const long Alignment = 16;                                    // floats: one cache line
    private const long FirstBlockLength = 1 << 22;                        // 16 MB
    private const long BlockLength = 1 << 24;                             // 64 MB
    private const long LargeLength = 1 << 23;                             // 32 MB: what the C library always gives back to the system when it is freed

    private readonly List<Block> _blocks = [];
    private readonly Dictionary<long, Stack<(Storage Block, long Offset)>> _free = [];
    private readonly List<LargeBlock> _large = [];
    private int _step;

    /// <summary>The largest extent of memory that was ever handed out, in bytes; of what is held beyond it, an operating system need not have given any.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes held from the device.</summary>
    public long Bytes => (_blocks.Sum(block => block.Storage.Length) + _large.Sum(block => block.Storage.Length)) * sizeof(float);

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
        foreach (Block block in _blocks)
            block.Used = 0;
        _step++;
    }

    public void Dispose()
    {
        foreach (Block block in _blocks)
            block.Storage.Dispose();
        foreach (LargeBlock large in _large)
            large.Storage.Dispose();
        _blocks.Clear();
        _large.Clear();
    }

    private static long Rounded(long length) => Math.Max(Alignment, (length + Alignment - 1) / Alignment * Alignment);

    // The first block with room.
    private (Storage Block, long Offset) RentSmall(long rounded)
    {
        if (_free.TryGetValue(rounded, out Stack<(Storage, long)>? returned) && returned.TryPop(out (Storage, long) place))
            return place;
        Block? block = null;
        for (int i = 0; i < _blocks.Count && block is null; i++)
            if (_blocks[i].Storage.Length - _blocks[i].Used >= rounded)
                block = _blocks[i];
        if (block is null)
        {
            GiveUp(BlockLength);
            _blocks.Add(block = new Block(device.Allocate(_blocks.Count == 0 && rounded <= FirstBlockLength ? FirstBlockLength : BlockLength)));
        }
        long offset = block.Used;
        block.Used += rounded;
        block.Touched = Math.Max(block.Touched, block.Used);
        NotePeak();
        return (block.Storage, offset);
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
            if (largest is not null)
            {
                freed += largest.Storage.Length;
                largest.Storage.Dispose();
                _large.Remove(largest);
            }
            else if (_blocks.Count > 1 && _blocks[^1].Used == 0)
            {
                freed += _blocks[^1].Storage.Length;
                _blocks[^1].Storage.Dispose();
                _blocks.RemoveAt(_blocks.Count - 1);
            }
            else
            {
                return;
            }
        }
    }

    // Lengths in steps of an eighth of their power of two, so that steps of nearly one size use the same blocks.
    private static long Class(long length)
    {
        long step = 1L << Math.Max(0, BitOperations.Log2((ulong)length) - 3);
        return (length + step - 1) / step * step;
    }

    private void NotePeak()
    {
        long touched = 0;
        foreach (Block block in _blocks)
            touched += block.Touched;
        foreach (LargeBlock block in _large)
            touched += block.Touched;
        PeakBytes = Math.Max(PeakBytes, touched * sizeof(float));
    }

    private sealed class Block(Storage storage)
    {
        public Storage Storage { get; } = storage;

        /// <summary>Numbers handed out in this step.</summary>
        public long Used { get; set; }

        /// <summary>The most that any step has used.</summary>
        public long Touched { get; set; }
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
