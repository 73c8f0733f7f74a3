using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Filters of text.</summary>
internal static class TextFilters
{
    private static readonly SearchValues<char> NotInAttributeNames = SearchValues.Create(" \t\n\r\f\v/>=");
    private static readonly StringValue Space = new(" ");

    public static (string Name, string Signature, Func<Call, Value> Body)[] Members { get; } =
    [
        ("capitalize", "", call => PythonCase.Capitalize(call.SoftText, call.State)),
        ("center", "width?", call => Padding.Center(call.SoftText, call.Int(0, 80), Space, call.State)),
        ("e", "", call => Markup.Escape(call.SoftText, call.State)),
        ("escape", "", call => Markup.Escape(call.SoftText, call.State)),
        ("forceescape", "", call => Markup.Escape(call.SoftText.As(isMarkup: false), call.State)),
        ("format", "* **", Format),
        ("indent", "width? first? blank?", Indent),
        ("lower", "", call => PythonCase.Lower(call.SoftText, call.State)),
        ("pprint", "", PrettyPrint),
        ("replace", "old new count?", call => Replacing.Replace(
            PythonText.ToText(call.Self, call.State), PythonText.ToText(call[0]!, call.State), PythonText.ToText(call[1]!, call.State),
            call.Has(2) ? call.Int(2) : -1, call.State)),
        ("safe", "", call => call.SoftText.As(isMarkup: true)),
        ("string", "", call => call.SoftText),
        ("striptags", "", StripTags),
        ("title", "", Title),
        ("trim", "chars?", call => Splitting.Strip(call.SoftText, call.OptionalString(0)?.Text, left: true, right: true, call.State)),
        ("truncate", "length? killwords? end? leeway?", Truncate),
        ("upper", "", call => PythonCase.Upper(call.SoftText, call.State)),
        ("urlencode", "", UrlEncode),
        ("wordcount", "", WordCount),
        ("wordwrap", "width? break_long_words? wrapstring? break_on_hyphens?", WordWrap.Apply),
        ("xmlattr", "autospace?", XmlAttributes),
    ];

    /// <summary>The filtered value where only a text will do.</summary>
    public static StringValue RequireText(Call call) => call.Self switch
    {
        StringValue text => text,
        UndefinedValue undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"a text is expected, not {call.Self.TypeName}"),
    };

    private static StringValue Format(Call call)
    {
        if (call.Rest.Count > 0 && call.Named.Count > 0)
            throw new TemplateFault("can't handle positional and keyword arguments at the same time");
        if (call.Named.Count == 0)
            return PercentFormat.Format(call.SoftText, new TupleValue(call.Rest), call.State);
        OrderedDictionary<Value, Value> named = DictValue.NewItems();
        foreach ((string name, Value value) in call.Named)
            named[new StringValue(name)] = value;
        return PercentFormat.Format(call.SoftText, new DictValue(named), call.State);
    }

    private static StringValue Indent(Call call)
    {
        StringValue text = RequireText(call);
        bool first = call.Flag(1), blank = call.Flag(2);
        StringValue indentation = call[0] is StringValue given ? given : new StringValue(new string(' ', Math.Clamp(call.Int(0, 4), 0, 10_000)));
        // A line that ends with the text is a line of its own.
        var ended = new TextBuffer(call.State);
        ended.Append(text);
        ended.Append('\n');
        List<Value> lines = Splitting.Lines(ended.ToValue(), keepEnds: false, call.State);
        var indented = new TextBuffer(call.State);
        for (int i = 0; i < lines.Count; i++)
        {
            var line = (StringValue)lines[i];
            if (i > 0)
                indented.Append('\n');
            if (i == 0 ? first : blank || line.IsTrue)
                indented.Append(indentation);
            indented.Append(line);
        }
        return indented.ToValue(text.IsMarkup);
    }

    // Python breaks what is longer into lines; keys are sorted in either form.
    private static StringValue PrettyPrint(Call call)
    {
        StringValue text = PythonText.ToRepr(Sorted(call.Self, call.State), call.State);
        return text.Length <= 80 ? text : throw new TemplateFault("pprint of more than 80 characters is not supported; use tojson(indent=2)");
    }

    private static Value Sorted(Value value, RenderState state)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        state.Step();
        if (value is SequenceValue sequence)
            return sequence.With([.. sequence.Items.Select(item => Sorted(item, state))]);
        if (value is not DictValue dictionary)
            return value;
        OrderedDictionary<Value, Value> items = DictValue.NewItems();
        foreach ((Value key, Value item) in Sorting.Sort([.. dictionary.Items], pair => pair.Key, reverse: false, state))
            items[key] = Sorted(item, state);
        return new DictValue(items);
    }

    private static StringValue StripTags(Call call)
    {
        StringValue text = call.SoftText;
        var plain = new TextBuffer(call.State);
        int at = 0;
        while (at < text.Text.Length)
        {
            int open = text.Text.IndexOf('<', at);
            bool isComment = open >= 0 && text.Text.AsSpan(open).StartsWith("<!--");
            int close = open < 0 ? -1 : isComment ? text.Text.IndexOf("-->", open, StringComparison.Ordinal) : text.Text.IndexOf('>', open);
            int stop = close < 0 ? text.Text.Length : open;
            plain.Append(text, at, stop - at);
            at = close < 0 ? text.Text.Length : close + (isComment ? 3 : 1);
        }
        var joined = new TextBuffer(call.State);
        foreach (Value word in Splitting.Split(plain.ToValue(), null, -1, call.State))
        {
            if (joined.Length > 0)
                joined.Append(' ');
            joined.Append((StringValue)word);
        }
        return new StringValue(System.Net.WebUtility.HtmlDecode(joined.ToString()));
    }

    // The first letter after white space, a hyphen or an opening bracket.
    private static StringValue Title(Call call)
    {
        StringValue text = call.SoftText;
        var titled = new TextBuffer(call.State);
        int start = 0;
        for (int at = 0; at <= text.Text.Length; at++)
        {
            if (at < text.Text.Length && !IsBoundary(text.Text[at]))
                continue;
            if (at > start)
            {
                int head = CodePoint.LengthAt(text.Text, start);
                titled.Append(PythonCase.Upper(text.Substring(start, head, call.State), call.State));
                titled.Append(PythonCase.Lower(text.Substring(start + head, at - start - head, call.State), call.State));
            }
            if (at < text.Text.Length)
                titled.Append(text, at, 1);
            start = at + 1;
        }
        return titled.ToValue();

        static bool IsBoundary(char c) => c is '-' or '(' or '{' or '[' or '<' || CodePoint.IsSpace(c);
    }

    private static StringValue Truncate(Call call)
    {
        StringValue text = RequireText(call), end = call[2] is null ? new StringValue("...") : call.String(2);
        int length = call.Int(0, 255), leeway = call.Has(3) ? call.Int(3) : 5, endLength = end.Length!.Value;
        if (length < endLength)
            throw new TemplateFault($"expected length >= {endLength}, got {length}");
        if (leeway < 0)
            throw new TemplateFault($"expected leeway >= 0, got {leeway}");
        if (text.Length <= (long)length + leeway)
            return text;
        StringValue head = text.Substring(0, text.Offset(length - endLength, call.State), call.State);
        if (!call.Flag(1))
            head = (StringValue)Splitting.SplitFromRight(head, Space, 1, call.State)[0];
        return (StringValue)Operators.Apply("+", head, end, call.State);
    }

    private static StringValue UrlEncode(Call call)
    {
        if (call.Self is StringValue || call.Self.TryIterate(call.State) is null)
            return new StringValue(Quote(PythonText.ToText(call.Self, call.State).Text, forQuery: false));
        IEnumerable<Value> pairs = call.Self is DictValue dictionary ? dictionary.Items.Select(DictMethods.Pair) : call.Items;
        var query = new TextBuffer(call.State);
        foreach (Value pair in pairs)
        {
            Value[] both = [.. call.State.Items(pair)];
            if (both.Length != 2)
                throw new TemplateFault($"pairs are expected, this has {both.Length} items");
            if (query.Length > 0)
                query.Append('&');
            query.Append(Quote(PythonText.ToText(both[0], call.State).Text, forQuery: true));
            query.Append('=');
            query.Append(Quote(PythonText.ToText(both[1], call.State).Text, forQuery: true));
        }
        return query.ToValue();
    }

    private static string Quote(string text, bool forQuery)
    {
        var quoted = new StringBuilder();
        foreach (byte c in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)c) || c is (byte)'_' or (byte)'.' or (byte)'-' or (byte)'~' || (c == '/' && !forQuery))
                quoted.Append((char)c);
            else if (c == ' ' && forQuery)
                quoted.Append('+');
            else
                quoted.Append('%').Append(Convert.ToHexString([c]));
        }
        return quoted.ToString();
    }

    private static IntegerValue WordCount(Call call)
    {
        string text = call.SoftText.Text;
        int words = 0;
        bool inWord = false;
        for (int at = 0; at < text.Length; at += CodePoint.LengthAt(text, at))
        {
            bool isWord = CharacterClasses.IsWord(CodePoint.At(text, at));
            words += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }
        call.State.ChargeText(text.Length);
        return IntegerValue.Of(words);
    }

    private static StringValue XmlAttributes(Call call)
    {
        if (call.Self is not DictValue attributes)
            throw call.Self is UndefinedValue undefined ? undefined.Fault() : new TemplateFault($"'{call.Self.TypeName}' object has no attribute 'items'");
        var output = new TextBuffer(call.State);
        bool space = call.Flag(0, missing: true);
        foreach ((Value key, Value value) in attributes.Items)
        {
            if (value is NoneValue or UndefinedValue)
                continue;
            StringValue name = key as StringValue ?? throw new TemplateFault("expected string or bytes-like object");
            if (name.Text.AsSpan().ContainsAny(NotInAttributeNames))
                throw new TemplateFault($"Invalid character in attribute name: {PythonText.Quote(name.Text)}");
            if (space || output.Length > 0)
                output.Append(' ');
            output.Append(Markup.Escape(name, call.State));
            output.Append("=\"");
            output.Append(Markup.Escape(value as StringValue ?? PythonText.ToText(value, call.State), call.State));
            output.Append('"');
        }
        return output.ToValue();
    }
}
