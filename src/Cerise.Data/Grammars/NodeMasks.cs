namespace Cerise.Data.Grammars;

/// <summary>The masks of a grammar over a vocabulary, made when they are first asked for and kept. Safe for use from many threads at once.</summary>
internal sealed class NodeMasks
{
    /// <summary>Longest tokens within strings of bounded length, bytes: places from which no token reaches the bound then share a mask.</summary>
    public const int Horizon = 32;

    private const long MostBytes = 64L << 20;
    private const int ManyStates = 5000;

    private readonly int _size;
    private readonly Lock _lock = new();
    private readonly Dictionary<int, NodeMask> _shared;                    // of the nodes that all grammars of JSON have
    private readonly Dictionary<int, NodeMask> _masks = [];
    private LocalStates _states;
    private long _bytes;

    /// <param name="whole">The grammar.</param>
    /// <param name="vocabulary">The tokens.</param>
    /// <exception cref="GrammarException">The tokens cannot spell any text of the grammar.</exception>
    public NodeMasks(GrammarAutomaton whole, TokenVocabulary vocabulary)
    {
        Trie = vocabulary.Trie;
        _size = vocabulary.Size;
        _shared = vocabulary.JsonMasks;
        Automaton = whole.Restrict(Trie.Usable);
        _states = new LocalStates(Automaton);
    }

    /// <summary>The grammar without what these tokens cannot spell.</summary>
    public GrammarAutomaton Automaton { get; }

    /// <summary>The tokens.</summary>
    public TokenTrie Trie { get; }

    /// <summary>The mask of a node that reads a byte.</summary>
    public NodeMask Of(int node)
    {
        int twin = Automaton.Twin(node);
        int longest = Automaton.HasTwins(node) ? Horizon : byte.MaxValue;
        lock (_lock)
        {
            if (twin < JsonSyntax.Nodes)
                lock (_shared)
                    return Of(twin, _shared, longest);
            if (_bytes > MostBytes)
            {
                _masks.Clear();
                _bytes = 0;
            }
            return Of(twin, _masks, longest);
        }
    }

    private NodeMask Of(int node, Dictionary<int, NodeMask> masks, int longest)
    {
        if (masks.TryGetValue(node, out NodeMask? mask))
            return mask;
        if (_states.Count > ManyStates)
            _states = new LocalStates(Automaton);
        try
        {
            mask = Walk(_states.At(node), longest);
        }
        catch (GrammarException)
        {
            _states = new LocalStates(Automaton);
            throw;
        }
        masks.Add(node, mask);
        _bytes += mask.Bytes;
        return mask;
    }

    private NodeMask Walk(int start, int longest)
    {
        List<int> tokens = [];
        List<int> exits = [];
        Span<int> states = stackalloc int[byte.MaxValue + 1];
        states[0] = start;
        for (int node = 1; node < Trie.Nodes;)
        {
            int depth = Trie.Depth(node);
            int state = depth > longest ? LocalStates.Dead : _states.Next(states[depth - 1], Trie.Label(node));
            if (state == LocalStates.Dead)
            {
                node = Trie.End(node);
                continue;
            }
            for (int token = Trie.Token(node); token >= 0; token = Trie.SameBytes(token))
                tokens.Add(token);
            states[depth] = state;
            if (_states.MayHaveReturned(state) && Trie.End(node) > node + 1)
                exits.Add(node);
            node++;
        }
        return new NodeMask(tokens, _size, [.. exits]);
    }
}
