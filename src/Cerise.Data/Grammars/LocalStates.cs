using System.Runtime.InteropServices;

namespace Cerise.Data.Grammars;

/// <summary>The places within one rule and the rules it calls, made deterministic as far as they are visited: sets of stacks whose bottom is the return from the rule.</summary>
/// <param name="automaton">The automaton.</param>
internal sealed class LocalStates(GrammarAutomaton automaton)
{
    /// <summary>The state from which nothing can be read.</summary>
    public const int Dead = 0;

    private const int Unknown = -1;

    // Of 1 kB each. Patterns that must remember what they saw long ago need very many.
    private const int MostStates = 20_000;

    private readonly List<(int Node, int Below)> _stacks = [(-1, -1)];     // stack 0 is empty: the rule has returned
    private readonly Dictionary<(int Node, int Below), int> _stackIds = [];
    private readonly List<int[]> _states = [[]];
    private readonly Dictionary<StackSet, int> _stateIds = [];
    private int[] _next = new int[16 * 256];                               // [state, byte]

    /// <summary>States so far.</summary>
    public int Count => _states.Count;

    /// <summary>The state of standing at a node that reads a byte.</summary>
    public int At(int node) => State([Stack(node, 0)]);

    /// <summary>Whether the rule may have returned.</summary>
    public bool MayHaveReturned(int state) => _states[state] is [0, ..];

    /// <summary>The state after a byte.</summary>
    public int Next(int state, byte read)
    {
        int next = _next[(state * 256) + read];
        if (next != Unknown)
            return next;
        next = Step(state, read);                                          // which may make the table larger
        _next[(state * 256) + read] = next;
        return next;
    }

    private int Step(int state, byte read)
    {
        SortedSet<int> reached = [];
        if (automaton.Usable[read])
            foreach (int stack in _states[state])
                if (stack != 0)
                    foreach ((byte first, byte last, int to) in automaton.Edges(_stacks[stack].Node))
                        if (read >= first && read <= last && automaton.IsLive(to))
                            Reach(to, _stacks[stack].Below, reached);
        return reached.Count == 0 ? Dead : State([.. reached]);
    }

    private void Reach(int node, int below, SortedSet<int> reached)
    {
        while (true)
        {
            NodeClosure closure = automaton.Closure(node);
            foreach ((int leaf, int[] returns) in closure.Leaves)
            {
                int stack = below;
                for (int i = returns.Length - 1; i >= 0; i--)
                    stack = Stack(returns[i], stack);
                reached.Add(Stack(leaf, stack));
            }
            if (!closure.MayEnd)
                return;
            if (below == 0)
            {
                reached.Add(0);
                return;
            }
            (node, below) = _stacks[below];
        }
    }

    private int Stack(int node, int below)
    {
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(_stackIds, (node, below), out bool known);
        if (!known)
        {
            id = _stacks.Count;
            _stacks.Add((node, below));
        }
        return id;
    }

    private int State(int[] stacks)
    {
        if (_stateIds.TryGetValue(new StackSet(stacks), out int id))
            return id;
        id = _states.Count;
        if (id >= MostStates)
            throw new GrammarException("", $"the grammar needs more than {MostStates} states to be followed; use simpler patterns");
        _stateIds.Add(new StackSet(stacks), id);
        _states.Add(stacks);
        if (_next.Length < (id + 1) * 256)
            Array.Resize(ref _next, 2 * _next.Length);
        _next.AsSpan(id * 256, 256).Fill(Unknown);
        return id;
    }

    private readonly struct StackSet(int[] stacks) : IEquatable<StackSet>
    {
        private readonly int[] _stacks = stacks;

        public bool Equals(StackSet other) => _stacks.AsSpan().SequenceEqual(other._stacks);

        public override bool Equals(object? obj) => obj is StackSet other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes(_stacks.AsSpan()));
            return hash.ToHashCode();
        }
    }
}
