using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cerise.Training.Rewards;

/// <summary>How much of a text is written in one language, judged by script (DeepSeek-R1, Nature version, eq. 7).</summary>
/// <remarks>
/// A word is a maximal run of letters (with apostrophes) of one alphabet, or a single character of the Chinese and Japanese scripts. Numbers, punctuation, code spans and
/// LaTeX do not count. Script stands for language: Latin for "en", Han for "zh", kana for "ja", Hangul for "ko", Cyrillic for "ru", Greek for "el", Arabic for "ar",
/// Hebrew for "he", Devanagari for "hi", Thai for "th"; Han counts for "ja" too.
/// </remarks>
public static partial class LanguageConsistency
{
    /// <summary>The languages that are told apart.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["ar", "el", "en", "he", "hi", "ja", "ko", "ru", "th", "zh"];

    /// <summary>The share of words in the target language, in [0, 1]; 1 for a text without words.</summary>
    /// <param name="text">The text, usually the thinking alone.</param>
    /// <param name="language">One of <see cref="Languages"/>.</param>
    public static double Ratio(string text, string language)
    {
        IReadOnlyDictionary<string, int> words = CountWords(text);
        int all = words.Values.Sum();
        int target = words.GetValueOrDefault(language) + (language == "ja" ? words.GetValueOrDefault("zh") : 0);
        return all == 0 ? 1 : (double)target / all;
    }

    /// <summary>The language that most words of a text are in; null for a text without words.</summary>
    public static string? Majority(string text)
    {
        IReadOnlyDictionary<string, int> words = CountWords(text);
        // Japanese mixes kana and Han, so any kana decides between the two.
        if (words.ContainsKey("ja") && words.GetValueOrDefault("ja") + words.GetValueOrDefault("zh") > words.Values.Sum() / 2)
            return "ja";
        return words.Count == 0 ? null : words.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).First().Key;
    }

    /// <summary>How many words of each language a text has; "other" for scripts that are not told apart.</summary>
    public static IReadOnlyDictionary<string, int> CountWords(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        string? open = null;                                               // the language of the run of letters before this character
        ReadOnlySpan<char> rest = NotWords().Replace(text, " ");
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int consumed) != OperationStatus.Done)
                rune = Rune.ReplacementChar;
            rest = rest[consumed..];
            if (open is not null && (rune.Value is '\'' or 0x2019 || IsMark(rune)))
                continue;
            string? language = Rune.IsLetter(rune) ? Language(rune.Value) : null;
            if (language is not null && (language != open || language is "zh" or "ja"))
                counts[language] = counts.GetValueOrDefault(language) + 1;
            open = language;
        }
        return counts;
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static string Language(int code) => code switch
    {
        <= 0x024F or (>= 0x1E00 and <= 0x1EFF) or (>= 0xFF21 and <= 0xFF5A) => "en",
        (>= 0x0370 and <= 0x03FF) or (>= 0x1F00 and <= 0x1FFF) => "el",
        >= 0x0400 and <= 0x052F => "ru",
        >= 0x0590 and <= 0x05FF => "he",
        (>= 0x0600 and <= 0x06FF) or (>= 0x0750 and <= 0x077F) or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC) => "ar",
        >= 0x0900 and <= 0x097F => "hi",
        >= 0x0E00 and <= 0x0E7F => "th",
        (>= 0x1100 and <= 0x11FF) or (>= 0x3130 and <= 0x318F) or (>= 0xAC00 and <= 0xD7AF) => "ko",
        (>= 0x3040 and <= 0x30FF) or (>= 0x31F0 and <= 0x31FF) or (>= 0xFF66 and <= 0xFF9D) => "ja",
        (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x323AF) or 0x3005 => "zh",
        _ => "other",
    };

    // Fenced code, code spans, displayed and inline formulas, and the commands left over from formulas without marks.
    [GeneratedRegex(@"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|\\\[.*?\\\]|\\\(.*?\\\)|\\[A-Za-z]+", RegexOptions.Singleline)]
    private static partial Regex NotWords();
}
