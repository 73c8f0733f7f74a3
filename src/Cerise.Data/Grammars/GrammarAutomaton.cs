namespace Cerise.Data.Grammars;

/// <summary>A grammar as a pushdown automaton over bytes: nodes with edges that read a byte, and with calls of rules that return to a node. Immutable.</summary>
/// <remarks>
/// A rule ends at one node. A call whose return node is that end keeps no memory of itself, so that chains of alternatives and references do not pile up. No rule
/// calls itself before it has read something, so what a node can read next is found in bounded time.
/// </remarks>
internal sealed class GrammarAutomaton
{
    private readonly (byte First, byte Last, int To)[] _edges;
    private readonly int[] _firstEdge;
    private readonly (int Rule, int To)[] _calls;
    private readonly int[] _firstCall;
    private readonly (string Path, int Start, int End)[] _rules;
    private readonly bool[] _isEnd;                                        // of a rule
    private readonly bool[] _isTail;                                       // nothing but the end of its rule follows
    private readonly bool[] _live;                                         // the end of its rule can be reached
    private readonly NodeClosure?[] _closures;
    private readonly Dictionary<int, int> _twins;

    public GrammarAutomaton(
        int nodes, (int From, byte First, byte Last, int To)[] edges, (int From, int Rule, int To)[] calls, (string Path, int Start, int End)[] rules, Dictionary<int, int> twins,
        int root)
    {
        _twins = twins;
        (_firstEdge, _edges) = ByNode(nodes, edges, edge => edge.From, edge => (edge.First, edge.Last, edge.To));
        (_firstCall, _calls) = ByNode(nodes, calls, call => call.From, call => (call.Rule, call.To));
        _rules = rules;
        Root = rules[root].Start;
        _isEnd = new bool[nodes];
        foreach ((_, _, int end) in rules)
            if (end >= 0)
                _isEnd[end] = true;
        _live = new bool[nodes];
        _live.AsSpan().Fill(true);
        _isTail = Tails();
        _closures = new NodeClosure?[nodes];
        RefuseEmptyCycles();
    }

    private GrammarAutomaton(GrammarAutomaton whole, bool[] live)
    {
        (_firstEdge, _edges, _firstCall, _calls, _rules) = (whole._firstEdge, whole._edges, whole._firstCall, whole._calls, whole._rules);
        (_isEnd, _isTail, _live, Root) = (whole._isEnd, whole._isTail, live, whole.Root);
        _twins = whole._twins;
        Usable = whole.Usable;
        _closures = new NodeClosure?[live.Length];
    }

    /// <summary>Number of nodes.</summary>
    public int Nodes => _live.Length;

    /// <summary>Where it begins.</summary>
    public int Root { get; }

    /// <summary>The bytes that may be read.</summary>
    public bool[] Usable { get; private init; } = [.. Enumerable.Repeat(true, 256)];

    /// <summary>The same automaton without what cannot be finished with these bytes, so that it has no dead ends.</summary>
    /// <exception cref="GrammarException">Nothing is left.</exception>
    public GrammarAutomaton Restrict(bool[] usable)
    {
        bool[] live = Live(usable);
        if (!live[Root])
            throw new GrammarException("", "no text fits the grammar: some part can never be fulfilled, or needs bytes that the vocabulary has no token for");
        return new GrammarAutomaton(this, live) { Usable = usable };
    }

    /// <summary>What can be read next at a node: the nodes it stands for without reading, each with the nodes to return to, and whether its rule may end.</summary>
    public NodeClosure Closure(int node) => _closures[node] ??= NodeClosure.Of(this, node);

    /// <summary>The node that can stand for another where tokens of at most <see cref="NodeMasks.Horizon"/> bytes are asked for; itself if there is none.</summary>
    public int Twin(int node) => _twins.GetValueOrDefault(node, node);

    /// <summary>Whether a node stands for others, or another for it.</summary>
    public bool HasTwins(int node) => _twins.ContainsKey(node);

    public ReadOnlySpan<(byte First, byte Last, int To)> Edges(int node) => _edges.AsSpan(_firstEdge[node].._firstEdge[node + 1]);

    /// <summary>Calls and, with rule -1, links.</summary>
    public ReadOnlySpan<(int Rule, int To)> Calls(int node) => _calls.AsSpan(_firstCall[node].._firstCall[node + 1]);

    public int Start(int rule) => _rules[rule].Start;

    public bool IsLive(int node) => _live[node];

    public bool IsEnd(int node) => _isEnd[node];

    /// <summary>Whether nothing but the end of its rule follows, so that nobody needs to return to it.</summary>
    public bool IsTail(int node) => _isTail[node];

    private bool[] Tails()
    {
        bool[] tails = new bool[_isEnd.Length];
        for (int node = 0; node < tails.Length; node++)
        {
            int at = node;
            for (int steps = 0; steps < 64 && !_isEnd[at] && Edges(at).Length == 0 && Calls(at) is [(-1, int to)]; steps++)
                at = to;
            tails[node] = _isEnd[at] && Edges(at).Length == 0 && Calls(at).Length == 0;
        }
        return tails;
    }

    // From the ends backwards, until nothing is added: linear in the size, for each node and edge is looked at once.
    private bool[] Live(bool[] usable)
    {
        bool[] live = new bool[_isEnd.Length];
        List<int>[] before = [.. Enumerable.Range(0, live.Length).Select(_ => new List<int>(2))];
        List<int>[] callers = [.. Enumerable.Range(0, live.Length).Select(_ => new List<int>(0))];           // by start node: those who call
        for (int node = 0; node < live.Length; node++)
        {
            foreach ((byte first, byte last, int to) in Edges(node))
                if (usable.AsSpan(first, last - first + 1).Contains(true))
                    before[to].Add(node);
            foreach ((int rule, int to) in Calls(node))
            {
                before[to].Add(node);
                if (rule >= 0 && _rules[rule].Start >= 0)
                    callers[_rules[rule].Start].Add(node);
            }
        }
        Stack<int> added = new();
        void Add(int node)
        {
            if (!live[node])
            {
                live[node] = true;
                added.Push(node);
            }
        }
        bool LeadsOn(int node)
        {
            foreach ((byte first, byte last, int to) in Edges(node))
                if (live[to] && usable.AsSpan(first, last - first + 1).Contains(true))
                    return true;
            foreach ((int rule, int to) in Calls(node))
                if (live[to] && (rule < 0 || (_rules[rule].Start >= 0 && live[_rules[rule].Start])))
                    return true;
            return false;
        }
        for (int node = 0; node < live.Length; node++)
            if (_isEnd[node])
                Add(node);
        while (added.TryPop(out int node))
            foreach (int candidate in before[node].Concat(callers[node]))
                if (!live[candidate] && LeadsOn(candidate))
                    Add(candidate);
        return live;
    }

    // A rule that calls itself before it has read anything has no meaning here.
    private void RefuseEmptyCycles()
    {
        bool[] nullable = Nullable();
        byte[] state = new byte[_rules.Length];                            // 1: being looked at, 2: fine
        Stack<(int Rule, int Next, List<int> Calls)> path = new();
        for (int root = 0; root < _rules.Length; root++)
        {
            if (state[root] != 0)
                continue;
            state[root] = 1;
            path.Push((root, 0, FirstCalls(root, nullable)));
            while (path.TryPop(out (int Rule, int Next, List<int> Calls) top))
            {
                if (top.Next == top.Calls.Count)
                {
                    state[top.Rule] = 2;
                    continue;
                }
                path.Push((top.Rule, top.Next + 1, top.Calls));
                int called = top.Calls[top.Next];
                if (state[called] == 1)
                    throw new GrammarException(_rules[called].Path, "refers to itself without anything in between, so it has no meaning; let the reference stand inside a property or an item");
                if (state[called] == 0)
                {
                    state[called] = 1;
                    path.Push((called, 0, FirstCalls(called, nullable)));
                }
            }
        }
    }

    private List<int> FirstCalls(int rule, bool[] nullable)
    {
        List<int> calls = [];
        if (_rules[rule].Start < 0)
            return calls;
        HashSet<int> seen = [_rules[rule].Start];
        Stack<int> nodes = new(seen);
        while (nodes.TryPop(out int node))
        {
            foreach ((int called, int to) in Calls(node))
            {
                if (called >= 0)
                    calls.Add(called);
                if ((called < 0 || nullable[called]) && seen.Add(to))
                    nodes.Push(to);
            }
        }
        return calls;
    }

    // The rules that may read nothing.
    private bool[] Nullable()
    {
        bool[] nullable = new bool[_rules.Length];
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int rule = 0; rule < _rules.Length; rule++)
            {
                if (nullable[rule] || _rules[rule].Start < 0)
                    continue;
                HashSet<int> seen = [_rules[rule].Start];
                Stack<int> nodes = new(seen);
                while (nodes.TryPop(out int node))
                    foreach ((int called, int to) in Calls(node))
                        if ((called < 0 || nullable[called]) && seen.Add(to))
                            nodes.Push(to);
                if (seen.Contains(_rules[rule].End))
                    changed = nullable[rule] = true;
            }
        }
        return nullable;
    }

    private static (int[] First, TTo[] Items) ByNode<TFrom, TTo>(int nodes, TFrom[] items, Func<TFrom, int> from, Func<TFrom, TTo> to)
    {
        int[] first = new int[nodes + 1];
        foreach (TFrom item in items)
            first[from(item) + 1]++;
        for (int node = 0; node < nodes; node++)
            first[node + 1] += first[node];
        int[] next = first[..^1];
        TTo[] sorted = new TTo[items.Length];
        foreach (TFrom item in items)
            sorted[next[from(item)]++] = to(item);
        return (first, sorted);
    }
}
