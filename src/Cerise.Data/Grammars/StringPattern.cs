namespace Cerise.Data.Grammars;

/// <summary>Strings that a regular expression describes, as JSON writes them.</summary>
/// <param name="builder">Where to.</param>
/// <param name="syntax">The parts of JSON.</param>
/// <param name="path">Where the pattern stands, for messages.</param>
internal sealed class StringPattern(AutomatonBuilder builder, JsonSyntax syntax, string path)
{
    /// <summary>Adds the body of a string in which the pattern is found: without <c>^</c> and <c>$</c> anything may stand around it.</summary>
    public int Add(int from, string pattern)
    {
        RegexNode root = RegexParser.Parse(pattern, path);
        return builder.Choice(from, (root is RegexNode.Choice choice ? choice.Alternatives : [root]).Select(alternative => (Func<int, int>)(at => Found(at, alternative))));
    }

    private int Found(int from, RegexNode alternative)
    {
        List<RegexNode> parts = alternative is RegexNode.Sequence sequence ? [.. sequence.Parts] : [alternative];
        bool fromStart = parts is [RegexNode.Anchor { IsEnd: false }, ..];
        bool toEnd = parts is [.., RegexNode.Anchor { IsEnd: true }];
        if (fromStart)
            parts.RemoveAt(0);
        if (toEnd)
            parts.RemoveAt(parts.Count - 1);
        if (!fromStart)
            from = builder.Repeat(from, 0, null, syntax.Character);
        from = Match(from, new RegexNode.Sequence(parts));
        return toEnd ? from : builder.Repeat(from, 0, null, syntax.Character);
    }

    private int Match(int from, RegexNode node) => node switch
    {
        RegexNode.Characters characters => Character(from, characters.Ranges),
        RegexNode.Sequence sequence => sequence.Parts.Aggregate(from, Match),
        RegexNode.Choice choice => builder.Choice(from, choice.Alternatives.Select(alternative => (Func<int, int>)(at => Match(at, alternative)))),
        RegexNode.Repeat repeat => builder.Repeat(from, repeat.Least, repeat.Most, at => Match(at, repeat.Body)),
        _ => throw new GrammarException(path, "the pattern has ^ or $ elsewhere than at the beginning or end; leave it out there"),
    };

    // What may not stand in a string as it is, is escaped.
    private int Character(int from, IReadOnlyList<(int First, int Last)> ranges)
    {
        int to = builder.Node();
        Utf8Ranges.Add(builder, from, to, ranges.SelectMany(Plain));
        foreach (int code in (IEnumerable<int>)[.. Enumerable.Range(0, 0x20), '"', '\\'])
            if (ranges.Any(range => code >= range.First && code <= range.Last))
                builder.Link(builder.Text(from, Escaped(code)), to);
        return to;
    }

    private static IEnumerable<(int, int)> Plain((int First, int Last) range)
    {
        foreach ((int first, int last) in ((int, int)[])[(0x20, '!'), ('#', '['), (']', 0x10FFFF)])
            if (Math.Max(first, range.First) <= Math.Min(last, range.Last))
                yield return (Math.Max(first, range.First), Math.Min(last, range.Last));
    }

    private static string Escaped(int code) => code switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => FormattableString.Invariant($"\\u{code:x4}"),
    };
}
