using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>Remembers the full blocks of texts that were computed, by their tokens, so that a text that begins alike need not compute them again.</summary>
/// <remarks>
/// Keys and values depend on the tokens up to them alone, so reuse changes no bit as long as the weights stay the same. The blocks form a tree: a node is 64 tokens
/// after those of its parent. The index is itself a user of each block; where blocks run short, it forgets those used longest ago, ends of texts first.
/// </remarks>
internal sealed class PrefixIndex(KvCache cache)
{
    private const int Length = KeyValueBlocks.BlockSize;

    private readonly Node _root = new(null, -1, []);
    private readonly LinkedList<Node> _byUse = [];                         // longest ago first; a node always after its descendants

    /// <summary>Blocks remembered that nobody else uses.</summary>
    public int Unused => _byUse.Count(node => cache.Users(node.Block) == 1);

    /// <summary>The blocks of the longest known beginning of a text that leaves at least one token to compute; each is in use for the caller from now on.</summary>
    public List<int> Find(IReadOnlyList<int> ids)
    {
        List<int> blocks = [];
        Span<int> tokens = stackalloc int[Length];
        Node node = _root;
        for (int first = 0; first + Length < ids.Count; first += Length)
        {
            Read(ids, first, tokens);
            if (node.Child(tokens) is not { } child)
                break;
            node = child;
            blocks.Add(cache.Share(node.Block));
        }
        Touch(node);
        return blocks;
    }

    /// <summary>Remembers the full blocks of a text.</summary>
    /// <param name="ids">Its tokens whose keys and values are computed.</param>
    /// <param name="blocks">Where these lie.</param>
    public void Add(IReadOnlyList<int> ids, IReadOnlyList<int> blocks)
    {
        Span<int> tokens = stackalloc int[Length];
        Node node = _root;
        for (int first = 0; first + Length <= ids.Count; first += Length)
        {
            Read(ids, first, tokens);
            // Where the same text was computed twice, the first copy is kept.
            if (node.Child(tokens) is not { } child)
            {
                child = new Node(node, cache.Share(blocks[first / Length]), [.. tokens]);
                node.Children[child.Key] = child;
                _byUse.AddLast(child.Place);
            }
            node = child;
        }
        Touch(node);
    }

    /// <summary>Frees the block that was used longest ago and that nobody else uses; false where there is none.</summary>
    public bool Forget()
    {
        for (LinkedListNode<Node>? place = _byUse.First; place is not null; place = place.Next)
        {
            Node node = place.Value;
            if (cache.Users(node.Block) > 1)
                continue;
            // Its descendants were used no later, and whoever uses one of them uses this one too: so there are none left.
            node.Parent!.Children.Remove(node.Key);
            _byUse.Remove(place);
            cache.Release([node.Block]);
            return true;
        }
        return false;
    }

    /// <summary>Forgets everything, without a word to the cache: for after <see cref="KvCache.Clear"/>.</summary>
    public void Clear()
    {
        _byUse.Clear();
        _root.Children.Clear();
    }

    // From the end of the text to its beginning, so that a node comes after its descendants.
    private void Touch(Node node)
    {
        for (; node.Parent is not null; node = node.Parent)
        {
            _byUse.Remove(node.Place);
            _byUse.AddLast(node.Place);
        }
    }

    private static void Read(IReadOnlyList<int> ids, int first, Span<int> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
            tokens[i] = ids[first + i];
    }

    private sealed class Node
    {
        private readonly int[] _tokens;

        public Node(Node? parent, int block, int[] tokens)
        {
            (Parent, Block, _tokens) = (parent, block, tokens);
            Key = KeyOf(tokens);
            Place = new LinkedListNode<Node>(this);
        }

        public Node? Parent { get; }

        public int Block { get; }

        public ulong Key { get; }

        public LinkedListNode<Node> Place { get; }

        public Dictionary<ulong, Node> Children { get; } = [];

        // Two texts of one key are told apart by their tokens; the second is then not remembered.
        public Node? Child(ReadOnlySpan<int> tokens) =>
            Children.TryGetValue(KeyOf(tokens), out Node? child) && tokens.SequenceEqual(child._tokens) ? child : null;

        private static ulong KeyOf(ReadOnlySpan<int> tokens)
        {
            ulong hash = 0xCBF29CE484222325;                               // FNV-1a
            foreach (int id in tokens)
                hash = unchecked((hash ^ (uint)id) * 0x100000001B3);
            return hash;
        }
    }
}
