namespace Cerise.Data.Grammars;

/// <summary>The tokens that can be read from one node, as far as its rule alone decides.</summary>
/// <param name="tokens">Tokens that end within the rule or exactly with it.</param>
/// <param name="size">Tokens of the vocabulary.</param>
/// <param name="exits">Nodes of the trie where the rule may have returned and tokens go on: what they are depends on where it returns to.</param>
internal sealed class NodeMask(List<int> tokens, int size, int[] exits)
{
    // Few tokens are kept as a list, many as bits.
    private readonly int[]? _list = tokens.Count < size / 64 ? [.. tokens] : null;
    private readonly ulong[]? _bits = tokens.Count < size / 64 ? null : Bits(tokens, size);

    /// <summary>Nodes of the trie from which the caller's rules decide.</summary>
    public int[] Exits => exits;

    /// <summary>Bytes it takes.</summary>
    public long Bytes => (4L * ((_list?.Length ?? 0) + exits.Length)) + (8L * (_bits?.Length ?? 0));

    /// <summary>Adds the tokens.</summary>
    public void AddTo(Span<ulong> allowed)
    {
        if (_list is not null)
        {
            foreach (int id in _list)
                allowed[id / 64] |= 1UL << (id % 64);
            return;
        }
        for (int i = 0; i < _bits!.Length; i++)
            allowed[i] |= _bits[i];
    }

    private static ulong[] Bits(List<int> tokens, int size)
    {
        ulong[] bits = new ulong[(size + 63) / 64];
        foreach (int id in tokens)
            bits[id / 64] |= 1UL << (id % 64);
        return bits;
    }
}
