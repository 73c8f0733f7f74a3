using System.Globalization;
using System.Text;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>str.isalpha() and its like.</summary>
internal static class CharacterClasses
{
    public static bool IsAlpha(int c) => PythonText.Category(c) <= UnicodeCategory.OtherLetter;

    public static bool IsDecimal(int c) => PythonText.Category(c) == UnicodeCategory.DecimalDigitNumber;

    public static bool IsDigit(int c) => IsDecimal(c) || CharUnicodeInfo.GetDigitValue(CodePoint.ToText(c), 0) >= 0;

    public static bool IsNumeric(int c) => IsDigit(c) || CharUnicodeInfo.GetNumericValue(CodePoint.ToText(c), 0) is not -1
        || c is '一' or '二' or '三' or '四' or '五' or '六' or '七' or '八' or '九' or '十' or '百' or '千' or '万' or '億' or '零' or '〇';

    public static bool IsAlphanumeric(int c) => IsAlpha(c) || IsNumeric(c);

    public static bool IsSpace(int c) => c <= 0xFFFF && CodePoint.IsSpace((char)c);

    /// <summary>A letter of a regular expression's \w.</summary>
    public static bool IsWord(int c) => c == '_' || IsAlphanumeric(c);

    public static bool IsUpperLetter(int c) => PythonText.Category(c) switch
    {
        UnicodeCategory.UppercaseLetter => true,
        UnicodeCategory.LetterNumber or UnicodeCategory.OtherSymbol => Rune.IsValid(c) && Rune.ToLowerInvariant(new Rune(c)).Value != c,
        _ => false,
    };

    public static bool IsLowerLetter(int c) => PythonText.Category(c) switch
    {
        UnicodeCategory.LowercaseLetter => true,
        UnicodeCategory.LetterNumber or UnicodeCategory.OtherSymbol => Rune.IsValid(c) && Rune.ToUpperInvariant(new Rune(c)).Value != c,
        UnicodeCategory.OtherLetter => c is 0xAA or 0xBA,
        UnicodeCategory.ModifierLetter => c is (>= 0x2B0 and <= 0x2B8) or 0x2C0 or 0x2C1 or (>= 0x2E0 and <= 0x2E4) or (>= 0x1D2C and <= 0x1D6A),
        _ => false,
    };

    public static bool IsTitleLetter(int c) => PythonText.Category(c) == UnicodeCategory.TitlecaseLetter;

    /// <summary>Upper, lower or title case.</summary>
    public static bool IsCased(int c) => IsUpperLetter(c) || IsLowerLetter(c) || IsTitleLetter(c);

    /// <summary>str.islower(): something cased, and nothing of it capital.</summary>
    public static bool IsLower(string text) => HasOnly(text, IsLowerLetter);

    /// <summary>str.isupper().</summary>
    public static bool IsUpper(string text) => HasOnly(text, IsUpperLetter);

    /// <summary>str.istitle(): capitals begin words and only words.</summary>
    public static bool IsTitle(string text)
    {
        bool inWord = false, any = false;
        for (int at = 0; at < text.Length; at += CodePoint.LengthAt(text, at))
        {
            int c = CodePoint.At(text, at);
            bool begins = IsUpperLetter(c) || IsTitleLetter(c), follows = IsLowerLetter(c);
            if ((begins && inWord) || (follows && !inWord))
                return false;
            inWord = begins || follows;
            any |= inWord;
        }
        return any;
    }

    /// <summary>Whether a text is not empty and every code point passes.</summary>
    public static bool All(string text, Func<int, bool> test)
    {
        for (int at = 0; at < text.Length; at += CodePoint.LengthAt(text, at))
            if (!test(CodePoint.At(text, at)))
                return false;
        return text.Length > 0;
    }

    /// <summary>str.isidentifier().</summary>
    public static bool IsIdentifier(string text) => text.Length > 0 && !IsDecimal(CodePoint.At(text, 0))
        && All(text, c => c == '_' || IsAlpha(c) || PythonText.Category(c) is UnicodeCategory.LetterNumber or UnicodeCategory.DecimalDigitNumber
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation);

    private static bool HasOnly(string text, Func<int, bool> wanted)
    {
        bool any = false;
        for (int at = 0; at < text.Length; at += CodePoint.LengthAt(text, at))
        {
            int c = CodePoint.At(text, at);
            if (!IsCased(c))
                continue;
            if (!wanted(c))
                return false;
            any = true;
        }
        return any;
    }
}
