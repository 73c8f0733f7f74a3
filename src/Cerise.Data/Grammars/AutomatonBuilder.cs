using System.Text;

namespace Cerise.Data.Grammars;

/// <summary>Puts a <see cref="GrammarAutomaton"/> together, rule by rule. Methods take a node to begin at and return the node where what they add ends.</summary>
internal sealed class AutomatonBuilder
{
    /// <summary>Most nodes of a grammar: what is larger would take seconds and gigabytes.</summary>
    public const int MostNodes = 200_000;

    private readonly List<(int From, byte First, byte Last, int To)> _edges = [];
    private readonly List<(int From, int Rule, int To)> _calls = [];       // rule -1: nothing is read
    private readonly List<(string Path, int Start, int End)> _rules = [];
    private readonly Dictionary<int, int> _twins = [];

    /// <summary>Nodes so far.</summary>
    public int Nodes { get; private set; }

    /// <summary>Where in the grammar what is being added comes from, for messages.</summary>
    public string Path { get; set; } = "";

    /// <summary>A rule to be filled later with <see cref="Define"/>; it can be called at once.</summary>
    public int Declare(string path)
    {
        _rules.Add((path, -1, -1));
        return _rules.Count - 1;
    }

    /// <summary>Fills a rule.</summary>
    /// <param name="rule">Its number.</param>
    /// <param name="body">Adds what it reads.</param>
    public void Define(int rule, Func<int, int> body)
    {
        int start = Node();
        _rules[rule] = (_rules[rule].Path, start, body(start));
    }

    /// <summary>A new rule.</summary>
    public int Rule(string path, Func<int, int> body)
    {
        int rule = Declare(path);
        Define(rule, body);
        return rule;
    }

    /// <summary>A new node.</summary>
    /// <exception cref="GrammarException">There are too many.</exception>
    public int Node()
    {
        if (Nodes >= MostNodes)
            throw new GrammarException(Path, $"the grammar becomes larger than {MostNodes} nodes; use smaller bounds on lengths and repetitions, or fewer alternatives");
        return Nodes++;
    }

    /// <summary>Joins two nodes.</summary>
    public void Link(int from, int to) => _calls.Add((from, -1, to));

    /// <summary>One byte of a range, on to a node that is there.</summary>
    public void Byte(int from, byte first, byte last, int to) => _edges.Add((from, first, last, to));

    /// <summary>One byte of a range.</summary>
    public int Byte(int from, byte first, byte last)
    {
        int to = Node();
        Byte(from, first, last, to);
        return to;
    }

    /// <summary>One byte of a few.</summary>
    public int AnyOf(int from, string ascii)
    {
        int to = Node();
        foreach (char c in ascii)
            Byte(from, (byte)c, (byte)c, to);
        return to;
    }

    /// <summary>A text.</summary>
    public int Text(int from, string text)
    {
        foreach (byte b in Encoding.UTF8.GetBytes(text))
            from = Byte(from, b, b);
        return from;
    }

    /// <summary>What a rule reads.</summary>
    public int Call(int from, int rule)
    {
        int to = Node();
        _calls.Add((from, rule, to));
        return to;
    }

    /// <summary>One of several.</summary>
    public int Choice(int from, params IEnumerable<Func<int, int>> choices)
    {
        int to = Node();
        foreach (Func<int, int> choice in choices)
            Link(choice(from), to);
        return to;
    }

    /// <summary>The same several times.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="least">Least number.</param>
    /// <param name="most">Most; null for any.</param>
    /// <param name="body">Adds it once.</param>
    public int Repeat(int from, int least, int? most, Func<int, int> body)
    {
        for (int i = 0; i < least; i++)
            from = body(from);
        if (most is null)
        {
            int loop = Node();
            Link(from, loop);
            Link(body(loop), loop);
            return loop;
        }
        int end = Node();
        Link(from, end);
        for (int i = least; i < most; i++)
        {
            from = body(from);
            Link(from, end);
        }
        return end;
    }

    /// <summary>The same several times, where it reads at least a byte and each time adds the same nodes: those far from both bounds are made twins.</summary>
    public int RepeatAlike(int from, int least, int? most, Func<int, int> body)
    {
        List<int> firsts = [];
        int end = Repeat(from, least, most, at =>
        {
            firsts.Add(Nodes);
            return body(at);
        });
        int size = firsts.Count > 1 ? firsts[1] - firsts[0] : 0;
        // The last node of copy i has read i + 1 of them. Before the least number, and then before the most, a token of the horizon's length meets no bound.
        Pair(0, least);
        if (most is { } limit)
            Pair(least, limit);
        return end;

        void Pair(int first, int bound)
        {
            for (int copy = first; copy + 1 + NodeMasks.Horizon < bound; copy++)
                for (int i = 0; i < size; i++)
                    _twins[firsts[copy] + i] = firsts[first] + i;
        }
    }

    /// <summary>The automaton that begins with a rule.</summary>
    /// <exception cref="GrammarException">A rule calls itself before it has read anything.</exception>
    public GrammarAutomaton Build(int root) => new(Nodes, [.. _edges], [.. _calls], [.. _rules], _twins, root);
}
