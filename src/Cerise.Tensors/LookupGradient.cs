namespace Cerise.Tensors;

/// <summary>The gradient that looking up rows of a table adds: memory for the rows that were looked up, not for the whole table.</summary>
/// <remarks>
/// A table that is both embedding and head gathers two sums over the rows of the batch. Were both added to one memory, their terms would alternate with every
/// micro-batch and the last bits would depend on the split (rule 5 of the design). So lookups are summed here, and added once, when the gradient is read.
/// </remarks>
/// <param name="table">The table.</param>
public sealed class LookupGradient(Parameter table) : IDisposable
{
    private const int FewestRows = 64;

    private readonly Device _device = table.Value.Device;
    private readonly int _columns = table.Shape.Columns;
    private readonly int[] _slotOfRow = NewSlots(table.Shape.Rows);
    private int[] _rows = [];
    private int[] _slots = [];
    private Storage? _sums;

    /// <summary>How many rows of the table were looked up.</summary>
    public int Count { get; private set; }

    /// <summary>Their numbers, in the order of their first use.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>Their sums, row after row; null before the first lookup.</summary>
    public Storage? Sums => _sums;

    /// <summary>For devices: the row of <see cref="Sums"/> that belongs to each id. A row's first use gives it a place of zeros.</summary>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<int> SlotsOf(Indices ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (_slots.Length < ids.Count)
            _slots = new int[ids.Count];
        int before = Count;
        for (int i = 0; i < ids.Count; i++)
        {
            int row = ids.Values[i];
            if (_slotOfRow[row] < 0)
                Add(row);
            _slots[i] = _slotOfRow[row];
        }
        if (Count > before)
            MakeRoom(before);
        return _slots.AsSpan(0, ids.Count);
    }

    /// <summary>Forgets all lookups and keeps the memory.</summary>
    public void Clear()
    {
        foreach (int row in Rows)
            _slotOfRow[row] = -1;
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _sums?.Dispose();

    private static int[] NewSlots(int rows)
    {
        int[] slots = new int[rows];
        Array.Fill(slots, -1);
        return slots;
    }

    private void Add(int row)
    {
        if (Count == _rows.Length)
            Array.Resize(ref _rows, Math.Max(FewestRows, 2 * Count));
        _slotOfRow[row] = Count;
        _rows[Count++] = row;
    }

    // Sums of the rows so far are kept, those of new rows begin at zero.
    private void MakeRoom(int kept)
    {
        long needed = (long)Count * _columns;
        if (_sums is null || _sums.Length < needed)
        {
            Storage larger = _device.Allocate((long)Math.Min(_rows.Length, _slotOfRow.Length) * _columns);
            if (_sums is not null)
                _device.Copy(_sums, 0, larger, 0, (long)kept * _columns);
            _sums?.Dispose();
            _sums = larger;
        }
        _device.Fill(_sums, (long)kept * _columns, (long)(Count - kept) * _columns, 0);
    }
}
