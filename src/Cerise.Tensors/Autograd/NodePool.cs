namespace Cerise.Tensors.Autograd;

/// <summary>The nodes of a graph, by the kind of their op: made once, given out again after each step.</summary>
internal sealed class NodePool
{
    private static int _kinds;

    private readonly List<Shelf> _shelves = [];

    /// <summary>A node for an op of this kind.</summary>
    public Node<TBackprop> Rent<TBackprop>()
        where TBackprop : struct, IBackprop
    {
        int kind = Kind<TBackprop>.Number;
        while (_shelves.Count <= kind)
            _shelves.Add(new Shelf());
        Shelf shelf = _shelves[kind];
        if (shelf.Used == shelf.Nodes.Count)
            shelf.Nodes.Add(new Node<TBackprop>());
        return (Node<TBackprop>)shelf.Nodes[shelf.Used++];
    }

    /// <summary>Takes all nodes back.</summary>
    public void Reset()
    {
        foreach (Shelf shelf in _shelves)
            shelf.Used = 0;
    }

    private sealed class Shelf
    {
        public List<Node> Nodes { get; } = [];

        public int Used { get; set; }
    }

    private static class Kind<TBackprop>
        where TBackprop : struct, IBackprop
    {
        public static readonly int Number = Interlocked.Increment(ref _kinds) - 1;
    }
}
