namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>A binary heap of 64-bit keys, lowest first.</summary>
internal sealed class MinHeap(int capacity)
{
    private ulong[] _keys = new ulong[Math.Max(4, capacity)];
    private int _count;

    public void Push(ulong key)
    {
        if (_count == _keys.Length)
            Array.Resize(ref _keys, checked(_count * 2));
        int at = _count++;
        while (at > 0 && _keys[(at - 1) >> 1] > key)
        {
            _keys[at] = _keys[(at - 1) >> 1];
            at = (at - 1) >> 1;
        }
        _keys[at] = key;
    }

    public bool TryPop(out ulong key)
    {
        key = _keys[0];
        if (_count == 0)
            return false;
        ulong moved = _keys[--_count];
        int at = 0;
        for (int child = 1; child < _count; child = (2 * at) + 1)
        {
            if (child + 1 < _count && _keys[child + 1] < _keys[child])
                child++;
            if (_keys[child] >= moved)
                break;
            _keys[at] = _keys[child];
            at = child;
        }
        _keys[at] = moved;
        return true;
    }
}
