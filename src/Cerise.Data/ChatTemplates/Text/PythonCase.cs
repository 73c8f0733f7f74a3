using System.Globalization;
using System.Text;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>str.upper(), lower(), title() and their like: full case mapping, where one letter may become several (Unicode, SpecialCasing.txt).</summary>
internal static class PythonCase
{
    /// <summary>Letters whose capital form is several letters; those of U+1F80 to U+1FAF follow a rule.</summary>
    private static readonly Dictionary<int, string> Capitals = ReadCapitals();

    public static StringValue Upper(StringValue value, RenderState state) => Map(value, state, (_, at, c) => UpperOf(c));

    public static StringValue Lower(StringValue value, RenderState state) => Map(value, state, LowerOf);

    public static StringValue Fold(StringValue value, RenderState state) => Map(value, state, (_, _, c) => FoldOf(c));

    public static StringValue Swap(StringValue value, RenderState state) =>
        Map(value, state, (text, at, c) => CharacterClasses.IsUpperLetter(c) ? LowerOf(text, at, c) : CharacterClasses.IsLowerLetter(c) ? UpperOf(c) : null);

    public static StringValue Capitalize(StringValue value, RenderState state) =>
        Map(value, state, (text, at, c) => at == 0 ? TitleOf(c) : LowerOf(text, at, c));

    /// <summary>str.title(): the first letter of each run of letters.</summary>
    public static StringValue Title(StringValue value, RenderState state)
    {
        bool inWord = false;
        return Map(value, state, (text, at, c) =>
        {
            string? mapped = inWord ? LowerOf(text, at, c) : TitleOf(c);
            inWord = CharacterClasses.IsCased(c);
            return mapped;
        });
    }

    // The mapping gives null for what stays.
    private static StringValue Map(StringValue value, RenderState state, Func<string, int, int, string?> map)
    {
        string text = value.Text;
        state.ChargeText(text.Length);
        var mapped = new TextBuffer(state);
        int copied = 0;
        for (int at = 0, length; at < text.Length; at += length)
        {
            length = CodePoint.LengthAt(text, at);
            if (map(text, at, CodePoint.At(text, at)) is not { } letters)
                continue;
            mapped.Append(value, copied, at - copied);
            mapped.Append(letters, value.OriginAt(at));
            copied = at + length;
        }
        if (copied == 0)
            return value;
        mapped.Append(value, copied, text.Length - copied);
        return mapped.ToValue(value.IsMarkup);
    }

    private static string? UpperOf(int c)
    {
        if (c < 0x80)
            return c is >= 'a' and <= 'z' ? ((char)(c - 32)).ToString() : null;
        if (c is >= 0x1F80 and <= 0x1FAF)
            return $"{(char)((c < 0x1F90 ? 0x1F08 : c < 0x1FA0 ? 0x1F28 : 0x1F68) + (c & 7))}\u0399";
        return Capitals.TryGetValue(c, out string? several) ? several : Simple(c, Rune.ToUpperInvariant);
    }

    private static string? LowerOf(string text, int at, int c) => c switch
    {
        < 0x80 => c is >= 'A' and <= 'Z' ? ((char)(c + 32)).ToString() : null,
        0x130 => "i\u0307",
        0x3A3 => IsFinal(text, at) ? "ς" : "σ",
        _ => Simple(c, Rune.ToLowerInvariant),
    };

    private static string? TitleOf(int c)
    {
        switch (c)
        {
            case < 0x80:
                return UpperOf(c);
            case >= 0x1C4 and <= 0x1CC:
                return ((char)(0x1C5 + ((c - 0x1C4) / 3 * 3))).ToString();
            case >= 0x1F1 and <= 0x1F3:
                return "\u01F2";
            case >= 0x10D0 and <= 0x10FF:
                return null;
            case 0x149:
                return UpperOf(c);
            case >= 0x1F80 and <= 0x1FAF:
                return ((char)(c | 8)).ToString();
            case 0x1FB3 or 0x1FC3 or 0x1FF3:
                return ((char)(c + 9)).ToString();
            case 0x1FBC or 0x1FCC or 0x1FFC:
                return null;
        }
        if (!Capitals.TryGetValue(c, out string? several))
            return Simple(c, Rune.ToUpperInvariant);
        return string.Concat(several.Select((letter, i) =>
            i == 0 ? letter : letter == '\u0399' && i == several.Length - 1 && c is not (>= 0x1FD2 and <= 0x1FD7) ? '\u0345' : char.ToLowerInvariant(letter)));
    }

    private static string? FoldOf(int c)
    {
        if (c is 0x131 or (>= 0x13A0 and <= 0x13F5))
            return null;
        if (c is >= 0xAB70 and <= 0xABBF)
            return ((char)(c - 0xAB70 + 0x13A0)).ToString();
        if (UpperOf(c) is not { } upper)
            return LowerOf("", 0, c);
        return string.Concat(upper.EnumerateRunes().Select(rune => Rune.ToLowerInvariant(rune).ToString()));
    }

    private static string? Simple(int c, Func<Rune, Rune> map) =>
        Rune.IsValid(c) && map(new Rune(c)) is var mapped && mapped.Value != c ? mapped.ToString() : null;

    // A sigma at the end of a word: letters before, none after.
    private static bool IsFinal(string text, int at) => Meets(text, at, -1) && !Meets(text, at, 1);

    private static bool Meets(string text, int at, int direction)
    {
        for (int i = at + direction; i >= 0 && i < text.Length; i += direction)
        {
            int c = char.IsLowSurrogate(text[i]) && i > 0 && direction < 0 ? CodePoint.At(text, --i) : CodePoint.At(text, i);
            if (!IsIgnored(c))
                return CharacterClasses.IsCased(c);
            if (direction > 0 && c > 0xFFFF)
                i++;
        }
        return false;
    }

    private static bool IsIgnored(int c) => c is '\'' or '.' or ':' or '^' or '`' or 0xA8 or 0xAD or 0xB7 or 0x2018 or 0x2019 or 0x2024 or 0x2027
        || PythonText.Category(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
            or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol;

    private static Dictionary<int, string> ReadCapitals()
    {
        const string Table =
            "\u00DFSS \u0149\u02BCN \u01F0J\u030C \u0390\u0399\u0308\u0301 \u03B0\u03A5\u0308\u0301 \u0587\u0535\u0552" +
            " \u1E96H\u0331 \u1E97T\u0308 \u1E98W\u030A \u1E99Y\u030A \u1E9AA\u02BE \u1F50\u03A5\u0313 \u1F52\u03A5\u0313\u0300" +
            " \u1F54\u03A5\u0313\u0301 \u1F56\u03A5\u0313\u0342 \u1FB2\u1FBA\u0399 \u1FB3\u0391\u0399 \u1FB4\u0386\u0399" +
            " \u1FB6\u0391\u0342 \u1FB7\u0391\u0342\u0399 \u1FBC\u0391\u0399 \u1FC2\u1FCA\u0399 \u1FC3\u0397\u0399" +
            " \u1FC4\u0389\u0399 \u1FC6\u0397\u0342 \u1FC7\u0397\u0342\u0399 \u1FCC\u0397\u0399 \u1FD2\u0399\u0308\u0300" +
            " \u1FD3\u0399\u0308\u0301 \u1FD6\u0399\u0342 \u1FD7\u0399\u0308\u0342 \u1FE2\u03A5\u0308\u0300" +
            " \u1FE3\u03A5\u0308\u0301 \u1FE4\u03A1\u0313 \u1FE6\u03A5\u0342 \u1FE7\u03A5\u0308\u0342 \u1FF2\u1FFA\u0399" +
            " \u1FF3\u03A9\u0399 \u1FF4\u038F\u0399 \u1FF6\u03A9\u0342 \u1FF7\u03A9\u0342\u0399 \u1FFC\u03A9\u0399 \uFB00FF" +
            " \uFB01FI \uFB02FL \uFB03FFI \uFB04FFL \uFB05ST \uFB06ST \uFB13\u0544\u0546 \uFB14\u0544\u0535 \uFB15\u0544\u053B" +
            " \uFB16\u054E\u0546 \uFB17\u0544\u053D";
        return Table.Split(' ').ToDictionary(entry => (int)entry[0], entry => entry[1..]);
    }
}
