namespace Cerise.Data.Grammars;

/// <summary>What a node of a <see cref="GrammarAutomaton"/> stands for before anything is read.</summary>
/// <param name="Leaves">Nodes that read a byte, each with the nodes to return to, the next first.</param>
/// <param name="MayEnd">Whether the node's rule may end here.</param>
internal sealed record NodeClosure(IReadOnlyList<(int Node, int[] Returns)> Leaves, bool MayEnd)
{
    // Alternatives of alternatives that all differ.
    private const int MostLeaves = 10_000;

    public static NodeClosure Of(GrammarAutomaton automaton, int node)
    {
        List<(int, int[])> leaves = [];
        bool mayEnd = false;
        HashSet<(int Node, ReturnChain? Returns)> seen = [(node, null)];
        Stack<(int Node, ReturnChain? Returns)> open = new(seen);
        void Open(int at, ReturnChain? returns)
        {
            if (automaton.IsLive(at) && seen.Add((at, returns)))
                open.Push((at, returns));
            if (seen.Count > MostLeaves)
                throw new GrammarException("", $"more than {MostLeaves} alternatives stand at one place; use fewer");
        }
        while (open.TryPop(out (int Node, ReturnChain? Returns) top))
        {
            (int at, ReturnChain? returns) = top;
            if (HasLiveEdge(automaton, at))
                leaves.Add((at, ReturnChain.ToArray(returns)));
            foreach ((int rule, int to) in automaton.Calls(at))
            {
                if (rule < 0)
                    Open(to, returns);
                else if (automaton.IsLive(to) && automaton.Start(rule) >= 0)
                    Open(automaton.Start(rule), automaton.IsTail(to) ? returns : new ReturnChain(to, returns));
            }
            if (!automaton.IsEnd(at))
                continue;
            if (returns is null)
                mayEnd = true;
            else
                Open(returns.Node, returns.Next);
        }
        return new NodeClosure(leaves, mayEnd);
    }

    private static bool HasLiveEdge(GrammarAutomaton automaton, int node)
    {
        foreach ((byte first, byte last, int to) in automaton.Edges(node))
            if (automaton.IsLive(to) && automaton.Usable.AsSpan(first, last - first + 1).Contains(true))
                return true;
        return false;
    }

    // Compared by what it holds, so that the same place is not visited twice.
    private sealed record ReturnChain(int Node, ReturnChain? Next)
    {
        public static int[] ToArray(ReturnChain? chain)
        {
            List<int> nodes = [];
            for (; chain is not null; chain = chain.Next)
                nodes.Add(chain.Node);
            return [.. nodes];
        }
    }
}
