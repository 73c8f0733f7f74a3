namespace Cerise.Data.Grammars;

/// <summary>The parts of JSON (RFC 8259) as rules: white space bounded, so that a completion cannot consist of it, and numbers of bounded length.</summary>
internal sealed class JsonSyntax
{
    /// <summary>Most digits before and after the point where no bound says otherwise: what a double holds exactly.</summary>
    public const int MostDigits = 16;

    // Deepest indentation.
    private const int MostIndent = 20;

    /// <summary>Nodes of these rules, which every grammar of JSON begins with.</summary>
    public static int Nodes { get; } = CountNodes();

    private readonly AutomatonBuilder _builder;
    private readonly int _space;
    private readonly int _string;

    public JsonSyntax(AutomatonBuilder builder)
    {
        _builder = builder;
        _space = builder.Rule("white space", Space);
        _string = builder.Rule("string", from => Quoted(from, at => builder.Repeat(at, 0, null, Character)));
        Any = builder.Declare("any value");
        builder.Define(Any, from => builder.Choice(
            from,
            String,
            Number,
            at => AnyObject(at, Any, 0, null),
            at => Array(at, [], Any, 0, null),
            at => builder.Text(at, "true"),
            at => builder.Text(at, "false"),
            at => builder.Text(at, "null")));
    }

    /// <summary>The rule of any value.</summary>
    public int Any { get; }

    /// <summary>Nothing, a space, or a line break or two with indentation.</summary>
    public int OptionalSpace(int from) => _builder.Call(from, _space);

    /// <summary>Any value.</summary>
    public int AnyValue(int from) => _builder.Call(from, Any);

    /// <summary>Any string.</summary>
    public int String(int from) => _builder.Call(from, _string);

    /// <summary>A string with a body of one's own.</summary>
    public int Quoted(int from, Func<int, int> body) => _builder.Text(body(_builder.Text(from, "\"")), "\"");

    /// <summary>One character of a string: as it stands, or escaped.</summary>
    public int Character(int from)
    {
        int to = _builder.Node();
        Utf8Ranges.Add(_builder, from, to, [(0x20, '!'), ('#', '['), (']', 0x10FFFF)]);
        int escape = _builder.Text(from, "\\");
        foreach (char c in "\"\\/bfnrt")
            _builder.Byte(escape, (byte)c, (byte)c, to);
        int hex = _builder.Text(escape, "u");
        _builder.Link(Hex(Hex(Hex(_builder.AnyOf(hex, "0123456789abcefABCEF")))), to);
        int surrogate = _builder.AnyOf(hex, "dD");
        _builder.Link(Hex(Hex(_builder.AnyOf(surrogate, "01234567"))), to);
        int low = _builder.AnyOf(_builder.Text(Hex(Hex(_builder.AnyOf(surrogate, "89abAB"))), "\\u"), "dD");
        _builder.Link(Hex(Hex(_builder.AnyOf(low, "cdefCDEF"))), to);
        return to;
    }

    /// <summary>Any number.</summary>
    public int Number(int from)
    {
        int whole = Integer(from);
        int to = _builder.Node();
        int fraction = Digits(_builder.Text(whole, "."), 1);
        int exponent = _builder.Node();
        _builder.Link(whole, exponent);
        _builder.Link(fraction, exponent);
        _builder.Link(exponent, to);
        int sign = _builder.AnyOf(exponent, "eE");
        int power = _builder.Repeat(_builder.Choice(sign, at => at, at => _builder.AnyOf(at, "+-")), 1, 2, at => _builder.Byte(at, (byte)'0', (byte)'9'));
        _builder.Link(power, to);
        return to;
    }

    /// <summary>Any whole number.</summary>
    public int Integer(int from)
    {
        int signed = _builder.Choice(from, at => at, at => _builder.Text(at, "-"));
        return _builder.Choice(
            signed, at => _builder.Text(at, "0"), at => _builder.Repeat(_builder.Byte(at, (byte)'1', (byte)'9'), 0, MostDigits - 1, Digit));
    }

    /// <summary>Digits, at most <see cref="MostDigits"/>.</summary>
    public int Digits(int from, int least) => _builder.Repeat(from, least, MostDigits, Digit);

    /// <summary>One digit.</summary>
    public int Digit(int from) => _builder.Byte(from, (byte)'0', (byte)'9');

    /// <summary>An object of any names.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="values">The rule of the values.</param>
    /// <param name="least">Least number of members.</param>
    /// <param name="most">Most; null for any.</param>
    public int AnyObject(int from, int values, int least, int? most) =>
        Listed(from, "{", "}", least, most, at => _builder.Call(AfterName(String(at)), values));

    /// <summary>The colon after a name.</summary>
    public int AfterName(int from) => OptionalSpace(_builder.Text(from, ":"));

    /// <summary>The comma before the next.</summary>
    public int Comma(int from) => OptionalSpace(_builder.Text(from, ","));

    /// <summary>An array.</summary>
    /// <param name="from">Where to begin.</param>
    /// <param name="first">The rules of its first items, all of which it has.</param>
    /// <param name="rest">The rule of the others; null for none.</param>
    /// <param name="least">Least number of items.</param>
    /// <param name="most">Most; null for any.</param>
    public int Array(int from, IReadOnlyList<int> first, int? rest, int least, int? most)
    {
        if (first.Count == 0)
            return rest is { } items ? Listed(from, "[", "]", least, most, at => _builder.Call(at, items)) : _builder.Text(OptionalSpace(_builder.Text(from, "[")), "]");
        from = OptionalSpace(_builder.Text(from, "["));
        for (int i = 0; i < first.Count; i++)
            from = _builder.Call(i == 0 ? from : Comma(from), first[i]);
        if (rest is { } others)
            from = _builder.Repeat(from, Math.Max(0, least - first.Count), most - first.Count, at => _builder.Call(Comma(at), others));
        return _builder.Text(OptionalSpace(from), "]");
    }

    private int Listed(int from, string open, string close, int least, int? most, Func<int, int> item)
    {
        int opened = OptionalSpace(_builder.Text(from, open));
        int end = _builder.Node();
        if (least == 0)
            _builder.Link(opened, end);
        if (most != 0)
            _builder.Link(OptionalSpace(_builder.Repeat(item(opened), Math.Max(0, least - 1), most - 1, at => item(Comma(at)))), end);
        return _builder.Text(end, close);
    }

    private int Space(int from) => _builder.Choice(
        from,
        at => at,
        at => _builder.Text(at, " "),
        at => _builder.Repeat(_builder.Repeat(at, 1, 2, line => _builder.Text(line, "\n")), 0, MostIndent, indent => _builder.AnyOf(indent, " \t")));

    private static int CountNodes()
    {
        AutomatonBuilder builder = new();
        _ = new JsonSyntax(builder);
        return builder.Nodes;
    }

    private int Hex(int from) => _builder.AnyOf(from, "0123456789abcdefABCDEF");
}
