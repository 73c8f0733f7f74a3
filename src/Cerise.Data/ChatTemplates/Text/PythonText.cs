using System.Globalization;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Python's str() and repr().</summary>
internal static class PythonText
{
    /// <summary>str(value).</summary>
    public static StringValue ToText(Value value, RenderState state)
    {
        switch (value)
        {
            case StringValue text:
                return text.As(isMarkup: false);
            case UndefinedValue:
                return StringValue.Empty;
        }
        return ToRepr(value, state);
    }

    /// <summary>repr(value).</summary>
    public static StringValue ToRepr(Value value, RenderState state)
    {
        var output = new TextBuffer(state);
        WriteRepr(value, output);
        return output.ToValue();
    }

    /// <summary>ascii(value): repr() with everything beyond ASCII escaped.</summary>
    public static StringValue ToAscii(Value value, RenderState state)
    {
        StringValue repr = ToRepr(value, state);
        var output = new TextBuffer(state);
        for (int at = 0, length; at < repr.Text.Length; at += length)
        {
            length = CodePoint.LengthAt(repr.Text, at);
            if (repr.Text[at] < 0x80)
                output.Append(repr, at, 1);
            else
                output.Append(Escaped(CodePoint.At(repr.Text, at)), repr.OriginAt(at));
        }
        return output.ToValue();
    }

    /// <summary>repr(value). A message's number or list is that message's data from end to end.</summary>
    public static void WriteRepr(Value value, TextBuffer output)
    {
        int start = output.Length;
        value.WriteRepr(output);
        if (value.Message >= 0)
            output.MarkFrom(start, Origin.Of(value.Message));
    }

    /// <summary>repr() of a text, for messages.</summary>
    public static string Quote(string text)
    {
        string shown = text.Length <= 80 ? text : $"{text.AsSpan(0, 77)}...";
        return shown.Contains('\'', StringComparison.Ordinal) && !shown.Contains('"', StringComparison.Ordinal) ? $"\"{shown}\"" : $"'{shown}'";
    }

    /// <summary>repr() of a text.</summary>
    public static void WriteQuoted(StringValue value, TextBuffer output)
    {
        string text = value.Text;
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        int copied = 0;
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = CodePoint.LengthAt(text, at);
            if (Escape(CodePoint.At(text, at), quote) is not { } escape)
                continue;
            output.Append(value, copied, at - copied);
            output.Append(escape, value.OriginAt(at));
            copied = at + length;
        }
        output.Append(value, copied, text.Length - copied);
        output.Append(quote);
    }

    /// <summary>str.isprintable() of a code point.</summary>
    public static bool IsPrintable(int codePoint) => codePoint == ' ' || Category(codePoint) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>The general category, of half a surrogate pair too.</summary>
    public static UnicodeCategory Category(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint);

    private static string? Escape(int c, char quote) => c switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\\' => "\\\\",
        _ when c == quote => $"\\{quote}",
        _ => c is >= ' ' and < 0x7F || IsPrintable(c) ? null : Escaped(c),
    };

    private static string Escaped(int c) => c switch
    {
        <= 0xFF => string.Create(CultureInfo.InvariantCulture, $"\\x{c:x2}"),
        <= 0xFFFF => string.Create(CultureInfo.InvariantCulture, $"\\u{c:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{c:x8}"),
    };
}
