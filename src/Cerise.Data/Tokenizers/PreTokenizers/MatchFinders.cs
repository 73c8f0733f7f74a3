using System.Text;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>Appends the matches in a text, in order and without overlap; an empty one is a place.</summary>
internal delegate void MatchFinder(ReadOnlySpan<char> text, List<(int Start, int End)> matches);

/// <summary>Matches by the class of characters, without a regular expression.</summary>
internal static class MatchFinders
{
    /// <summary>Every single character of which <paramref name="matches"/> is true.</summary>
    public static MatchFinder Each(Func<Rune, bool> matches) => (text, found) =>
    {
        int at = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (matches(rune))
                found.Add((at, at + rune.Utf16SequenceLength));
            at += rune.Utf16SequenceLength;
        }
    };

    /// <summary>
    /// Runs of one script, as SentencePiece counts them: Japanese is one with Chinese, a space or unassigned character belongs to the run before it, and those
    /// at the very beginning to none.
    /// </summary>
    public static void Scripts(ReadOnlySpan<char> text, List<(int Start, int End)> found)
    {
        string? last = null;
        int at = 0, start = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            string script = ScriptOf(rune.Value);
            if (script != ScriptData.Any && script != last)
            {
                if (last is not null)
                    found.Add((start, at));
                (start, last) = (at, script);
            }
            at += rune.Utf16SequenceLength;
        }
        if (last is not null)
            found.Add((start, at));
    }

    /// <summary>So many characters each, the last perhaps fewer.</summary>
    public static MatchFinder Chunks(int length) => (text, found) =>
    {
        int at = 0, start = 0, count = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            at += rune.Utf16SequenceLength;
            if (++count % length == 0 || at == text.Length)
            {
                found.Add((start, at));
                start = at;
            }
        }
    };

    private static string ScriptOf(int c) => c switch
    {
        ' ' => ScriptData.Any,
        0x30FC => "Han",
        _ => ScriptData.Instance.ScriptOf(c) is var script && script is "Hiragana" or "Katakana" ? "Han" : script,
    };

    /// <summary>The pattern <c>\w+|[^\w\s]+</c>.</summary>
    public static void WordsAndSymbols(ReadOnlySpan<char> text, List<(int Start, int End)> found)
    {
        int at = 0, start = 0;
        bool? inWord = null;                                                // null: in white space
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool? isWord = Rune.IsWhiteSpace(rune) ? null : CodePoints.IsWord(rune);
            if (isWord != inWord)
            {
                if (inWord is not null)
                    found.Add((start, at));
                (start, inWord) = (at, isWord);
            }
            at += rune.Utf16SequenceLength;
        }
        if (inWord is not null)
            found.Add((start, at));
    }
}
