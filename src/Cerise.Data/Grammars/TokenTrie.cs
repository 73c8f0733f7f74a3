namespace Cerise.Data.Grammars;

/// <summary>The tokens of a vocabulary as a tree of bytes, in the order of a walk: a node's descendants follow it directly. Immutable.</summary>
internal sealed class TokenTrie
{
    private readonly byte[] _labels;
    private readonly byte[] _depths;
    private readonly int[] _ends;
    private readonly int[] _tokens;
    private readonly int[] _sameBytes;

    /// <param name="vocabulary">The tokens; those longer than 255 bytes are left out.</param>
    public TokenTrie(TokenVocabulary vocabulary)
    {
        int[] order = [.. Enumerable.Range(0, vocabulary.Size).Where(id => vocabulary.Bytes(id).Length is > 0 and <= byte.MaxValue)];
        Array.Sort(order, (a, b) => vocabulary.Bytes(a).SequenceCompareTo(vocabulary.Bytes(b)));
        List<byte> labels = [0], depths = [0];
        List<int> tokens = [-1];
        _sameBytes = new int[vocabulary.Size];
        _sameBytes.AsSpan().Fill(-1);
        ReadOnlySpan<byte> before = [];
        foreach (int id in order)
        {
            ReadOnlySpan<byte> bytes = vocabulary.Bytes(id);
            int common = bytes.CommonPrefixLength(before);
            for (int i = common; i < bytes.Length; i++)
            {
                labels.Add(bytes[i]);
                depths.Add((byte)(i + 1));
                tokens.Add(-1);
            }
            if (tokens[^1] < 0)
                tokens[^1] = id;
            else
                (_sameBytes[id], tokens[^1]) = (tokens[^1], id);
            before = bytes;
            Usable[bytes[0]] |= bytes.Length == 1;
        }
        (_labels, _depths, _tokens) = ([.. labels], [.. depths], [.. tokens]);
        _ends = new int[labels.Count];
        Span<int> open = stackalloc int[byte.MaxValue + 1];
        int deepest = -1;
        for (int node = 0; node <= labels.Count; node++)
        {
            int depth = node < labels.Count ? _depths[node] : 0;
            for (; deepest >= depth; deepest--)
                _ends[open[deepest]] = node;
            if (node < labels.Count)
                open[deepest = depth] = node;
        }
    }

    /// <summary>Number of nodes; 0 is the root.</summary>
    public int Nodes => _labels.Length;

    /// <summary>Bytes that a token of its own spells: with these alone every text can be gone on with.</summary>
    public bool[] Usable { get; } = new bool[256];

    /// <summary>The byte that leads to a node.</summary>
    public byte Label(int node) => _labels[node];

    /// <summary>Bytes from the root to a node.</summary>
    public int Depth(int node) => _depths[node];

    /// <summary>The node after the last descendant.</summary>
    public int End(int node) => _ends[node];

    /// <summary>A token whose bytes end at a node, or -1.</summary>
    public int Token(int node) => _tokens[node];

    /// <summary>Another token of the same bytes, or -1.</summary>
    public int SameBytes(int token) => _sameBytes[token];
}
