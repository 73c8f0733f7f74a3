using System.Globalization;
using System.Text;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>What the backslashes of a string stand for, as Python's unicode-escape codec reads them.</summary>
internal static class StringEscapes
{
    public static string Unescape(ReadOnlySpan<char> text, int position)
    {
        if (!text.Contains('\\'))
            return text.ToString();
        var plain = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\')
            {
                plain.Append(text[at]);
                continue;
            }
            at++;
            char c = text[at];
            string? simple = c switch
            {
                '\n' => "",
                '\\' or '\'' or '"' => c.ToString(),
                'a' => "\a",
                'b' => "\b",
                'f' => "\f",
                'n' => "\n",
                'r' => "\r",
                't' => "\t",
                'v' => "\v",
                _ => null,
            };
            if (simple is not null)
                plain.Append(simple);
            else if (c is >= '0' and <= '7')
                plain.Append(CodePoint.ToText(Octal(text, ref at)));
            else if (c is 'x' or 'u' or 'U')
                plain.Append(CodePoint.ToText(Hexadecimal(text, ref at, c switch { 'x' => 2, 'u' => 4, _ => 8 }, position)));
            else if (c == 'N')
                throw new TemplateFault("named characters (\\N{...}) are not supported in strings") { Position = position };
            else if (c > '~')
                plain.Append('\\').Append(Escaped(text, ref at));
            else
                plain.Append('\\').Append(c);
        }
        return plain.ToString();
    }

    private static int Octal(ReadOnlySpan<char> text, ref int at)
    {
        int value = 0, start = at;
        for (; at < text.Length && at < start + 3 && text[at] is >= '0' and <= '7'; at++)
            value = (value * 8) + text[at] - '0';
        at--;
        return value;
    }

    private static int Hexadecimal(ReadOnlySpan<char> text, ref int at, int digits, int position)
    {
        if (at + digits >= text.Length
            || !uint.TryParse(text.Slice(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value) || value > 0x10FFFF)
            throw new TemplateFault($"truncated \\{text[at]}{new string('X', digits)} escape") { Position = position };
        at += digits;
        return (int)value;
    }

    // The codec sees other letters than ASCII as escapes already, so that a backslash before one escapes the backslash of that.
    private static string Escaped(ReadOnlySpan<char> text, ref int at)
    {
        int c = CodePoint.At(text, at);
        at += CodePoint.LengthAt(text, at) - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{(c <= 0xFF ? $"x{c:x2}" : c <= 0xFFFF ? $"u{c:x4}" : $"U{c:x8}")}");
    }
}
