using System.Runtime.InteropServices;

namespace Cerise.Data.Grammars;

/// <summary>One completion's way through a grammar: all places where it may be.</summary>
internal sealed class GrammarConstraint : ITokenConstraint
{
    // Ambiguous grammars: alternatives that begin alike and nest.
    private const int MostPlaces = 4096;

    private readonly TokenVocabulary _vocabulary;
    private readonly NodeMasks _masks;
    private readonly GrammarAutomaton _automaton;
    private readonly Dictionary<(int Node, Frame? Below), Frame> _frames = [];
    private readonly Stack<Places> _pool = new();
    private Places _places;
    private Places _after;

    public GrammarConstraint(TokenVocabulary vocabulary, NodeMasks masks)
    {
        (_vocabulary, _masks, _automaton) = (vocabulary, masks, masks.Automaton);
        (_places, _after) = (new(), new());
        Reach(_automaton.Root, null, _places);
    }

    public bool MayEnd => _places.MayEnd;

    public bool MustEnd => _places.Frames.Count == 0;

    public void FillAllowed(Span<ulong> allowed)
    {
        allowed.Clear();
        foreach (Frame frame in _places.Frames)
        {
            NodeMask mask = _masks.Of(frame.Node);
            mask.AddTo(allowed);
            if (mask.Exits.Length == 0 || frame.Below is null)
                continue;
            Places outside = Rent();
            Reach(frame.Below.Node, frame.Below.Below, outside);
            foreach (int exit in mask.Exits)
                Walk(outside, exit, allowed);
            Return(outside);
        }
    }

    public void Accept(int id)
    {
        foreach (byte read in _vocabulary.Bytes(id))
        {
            Step(_places, read, _after);
            (_places, _after) = (_after, _places);
        }
        if (_vocabulary.Bytes(id).Length == 0 || (_places.Frames.Count == 0 && !_places.MayEnd))
            throw new ArgumentException($"token {id} is not allowed here", nameof(id));
    }

    // The tokens below a node of the trie that can be read from these places.
    private void Walk(Places places, int node, Span<ulong> allowed)
    {
        for (int child = node + 1; child < _masks.Trie.End(node); child = _masks.Trie.End(child))
        {
            if (!places.MayRead(_masks.Trie.Label(child)))
                continue;
            Places next = Rent();
            Step(places, _masks.Trie.Label(child), next);
            if (next.Frames.Count > 0 || next.MayEnd)
            {
                for (int token = _masks.Trie.Token(child); token >= 0; token = _masks.Trie.SameBytes(token))
                    allowed[token / 64] |= 1UL << (token % 64);
                Walk(next, child, allowed);
            }
            Return(next);
        }
    }

    private void Step(Places places, byte read, Places next)
    {
        next.Clear();
        if (!_automaton.Usable[read])
            return;
        foreach (Frame frame in places.Frames)
            foreach ((byte first, byte last, int to) in _automaton.Edges(frame.Node))
                if (read >= first && read <= last && _automaton.IsLive(to))
                    Reach(to, frame.Below, next);
    }

    private void Reach(int node, Frame? below, Places places)
    {
        while (true)
        {
            NodeClosure closure = _automaton.Closure(node);
            foreach ((int leaf, int[] returns) in closure.Leaves)
            {
                Frame? under = below;
                for (int i = returns.Length - 1; i >= 0; i--)
                    under = FrameOf(returns[i], under);
                places.Add(FrameOf(leaf, under), _automaton);
            }
            if (places.Frames.Count > MostPlaces)
                throw new GrammarException("", $"the text so far can be read in more than {MostPlaces} ways; let alternatives begin differently");
            if (!closure.MayEnd)
                return;
            if (below is null)
            {
                places.MayEnd = true;
                return;
            }
            (node, below) = (below.Node, below.Below);
        }
    }

    private Frame FrameOf(int node, Frame? below)
    {
        ref Frame? frame = ref CollectionsMarshal.GetValueRefOrAddDefault(_frames, (node, below), out _);
        return frame ??= new Frame(node, below);
    }

    private Places Rent() => _pool.TryPop(out Places? places) ? places : new Places();

    private void Return(Places places)
    {
        places.Clear();
        _pool.Push(places);
    }

    // A set of places, and whether the whole may have ended.
    private sealed class Places
    {
        private readonly HashSet<Frame> _frames = [];
        private readonly bool[] _reads = new bool[256];
        private bool _hasReads;

        public HashSet<Frame> Frames => _frames;

        public bool MayEnd { get; set; }

        public void Add(Frame frame, GrammarAutomaton automaton)
        {
            if (!_frames.Add(frame))
                return;
            _hasReads = true;
            foreach ((byte first, byte last, _) in automaton.Edges(frame.Node))
                _reads.AsSpan(first, last - first + 1).Fill(true);
        }

        public bool MayRead(byte read) => _reads[read];

        public void Clear()
        {
            _frames.Clear();
            MayEnd = false;
            if (_hasReads)
                _reads.AsSpan().Clear();
            _hasReads = false;
        }
    }
}
