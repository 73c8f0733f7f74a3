using System.Globalization;
using System.Text;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>Classes of code points. Categories come from the framework's own table, which does not depend on the globalization mode.</summary>
internal static class CodePoints
{
    private static readonly CharClass[] Bmp = ClassifyBmp();
    private static readonly CharTraits[] BmpTraits = TraitsOfBmp();

    /// <summary>The class of the code point at <paramref name="index"/> of well-formed UTF-16.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">Where the code point begins.</param>
    /// <param name="length">UTF-16 units of the code point, 1 or 2.</param>
    public static CharClass ClassAt(ReadOnlySpan<char> text, int index, out int length)
    {
        char c = text[index];
        if (!char.IsHighSurrogate(c) || index + 1 == text.Length)
        {
            length = 1;
            return Bmp[c];
        }
        length = 2;
        return Classify(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(c, text[index + 1])));
    }

    /// <summary>The traits of the code point at <paramref name="index"/> of well-formed UTF-16.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">Where the code point begins.</param>
    /// <param name="length">UTF-16 units of the code point, 1 or 2.</param>
    public static CharTraits TraitsAt(ReadOnlySpan<char> text, int index, out int length)
    {
        char c = text[index];
        if (!char.IsHighSurrogate(c) || index + 1 == text.Length)
        {
            length = 1;
            return BmpTraits[c];
        }
        length = 2;
        return Traits(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(c, text[index + 1])));
    }

    /// <summary>The first index at or after <paramref name="start"/> whose code point has none of the traits, or the text's length.</summary>
    public static int EndOfRun(ReadOnlySpan<char> text, int start, CharTraits traits)
    {
        int at = start;
        while (at < text.Length && (TraitsAt(text, at, out int length) & traits) != 0)
            at += length;
        return at;
    }

    /// <summary>The first index at or after <paramref name="start"/> whose code point is not of <paramref name="kind"/>, or the text's length.</summary>
    public static int EndOfRun(ReadOnlySpan<char> text, int start, CharClass kind)
    {
        int at = start;
        while (at < text.Length && ClassAt(text, at, out int length) == kind)
            at += length;
        return at;
    }

    /// <summary><c>\w</c> as the reference tokenizer reads it: alphabetic, marks, decimal and letter numbers, connector punctuation.</summary>
    public static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation => true,
        UnicodeCategory.OtherSymbol => IsEnclosedLetter(rune.Value),
        UnicodeCategory.Format => rune.Value is 0x200C or 0x200D,             // join controls
        var category => IsLetter(category) || IsMark(category),
    };

    /// <summary>Circled and squared Latin letters: symbols by category, alphabetic by property.</summary>
    public static bool IsEnclosedLetter(int c) =>
        c is (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>ASCII punctuation or symbol, or category P of Unicode 8: what BERT's splitting goes by in the reference tokenizer.</summary>
    public static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? char.IsPunctuation((char)rune.Value) || char.IsSymbol((char)rune.Value)
        : rune.Value is 0x166D or 0x111C9 || (Rune.IsPunctuation(rune) && !IsPunctuationSinceUnicode9(rune.Value));

    private static bool IsPunctuationSinceUnicode9(int c) => c is 0x61D or 0x9FD or 0xA76 or 0xC77 or 0xC84 or 0x1B4E or 0x1B4F or (>= 0x1B7D and <= 0x1B7F)
        or (>= 0x2E43 and <= 0x2E5D)
        or 0x10D6E or 0x10EAD or 0x10ED0 or (>= 0x10F55 and <= 0x10F59) or (>= 0x10F86 and <= 0x10F89) or (>= 0x113D4 and <= 0x113D8)
        or (>= 0x1144B and <= 0x1145D) or (>= 0x11660 and <= 0x1166C) or 0x116B9 or 0x1183B or (>= 0x11944 and <= 0x11946) or 0x119E2
        or (>= 0x11A3F and <= 0x11A46) or (>= 0x11A9A and <= 0x11AA2) or (>= 0x11B00 and <= 0x11B09) or 0x11BE1 or (>= 0x11C41 and <= 0x11C45)
        or 0x11C70 or 0x11C71 or 0x11EF7 or 0x11EF8 or (>= 0x11F43 and <= 0x11F4F) or 0x11FFF or 0x12FF1 or 0x12FF2 or (>= 0x16D6D and <= 0x16D6F)
        or (>= 0x16E97 and <= 0x16E9A) or 0x16FE2 or 0x1E5FF or 0x1E95E or 0x1E95F;

    /// <summary>Unicode category N.</summary>
    public static bool IsNumber(Rune rune) => Classify(Rune.GetUnicodeCategory(rune)) == CharClass.Number;

    /// <summary>Unicode categories Cc, Cf and Co.</summary>
    public static bool IsControlOrFormat(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    /// <summary>Unicode category M.</summary>
    public static bool IsMark(Rune rune) => IsMark(Rune.GetUnicodeCategory(rune));

    /// <summary>The text with each unpaired surrogate replaced by U+FFFD, as every UTF-8 encoder would; the same instance where there is none.</summary>
    public static string WellFormed(string text)
    {
        int first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0)
            return text;
        char[]? repaired = null;
        for (int i = first; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
                continue;
            }
            repaired ??= text.ToCharArray();
            repaired[i] = '\uFFFD';
        }
        return repaired is null ? text : new string(repaired);
    }

    private static CharClass[] ClassifyBmp()
    {
        var table = new CharClass[0x10000];
        for (int c = 0; c < table.Length; c++)
            table[c] = c is '\r' or '\n' ? CharClass.NewLine
                : char.IsWhiteSpace((char)c) ? CharClass.Space
                : Classify(CharUnicodeInfo.GetUnicodeCategory((char)c));
        return table;
    }

    private static CharTraits[] TraitsOfBmp()
    {
        var table = new CharTraits[0x10000];
        for (int c = 0; c < table.Length; c++)
            table[c] = c is '\r' or '\n' ? CharTraits.NewLine
                : char.IsWhiteSpace((char)c) ? CharTraits.Space
                : Traits(CharUnicodeInfo.GetUnicodeCategory((char)c));
        return table;
    }

    private static CharTraits Traits(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.TitlecaseLetter => CharTraits.Letter | CharTraits.Opening,
        UnicodeCategory.LowercaseLetter => CharTraits.Letter | CharTraits.Continuing,
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharTraits.Letter | CharTraits.Opening | CharTraits.Continuing,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharTraits.Number,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherSymbol => CharTraits.Symbol,
        _ => IsMark(category) ? CharTraits.Mark | CharTraits.Opening | CharTraits.Continuing : CharTraits.None,
    };

    private static CharClass Classify(UnicodeCategory category) =>
        IsLetter(category) ? CharClass.Letter
        : category is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber ? CharClass.Number
        : CharClass.Other;

    private static bool IsLetter(UnicodeCategory category) => category <= UnicodeCategory.OtherLetter;

    private static bool IsMark(UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
