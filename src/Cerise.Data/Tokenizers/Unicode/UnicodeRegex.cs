using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>A regular expression over code points rather than UTF-16 units, written in the Oniguruma dialect of tokenizer files.</summary>
/// <remarks>
/// The framework matches 16-bit units, so <c>\p{L}</c> misses every letter beyond U+FFFF. Where the text holds such characters, each is replaced for matching
/// by one BMP character of the same general category (and script, for Han) that the pattern does not name; offsets are mapped back.
/// </remarks>
internal sealed class UnicodeRegex
{
    /// <summary>A single match that takes longer is a pattern that explodes, not a long text.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(10);

    private readonly string _source;
    private readonly Regex _regex;
    private readonly Lazy<Dictionary<(UnicodeCategory Category, int Group), char>> _standIns;

    /// <summary>Compiles a pattern in the Oniguruma dialect.</summary>
    /// <exception cref="NotSupportedException">The pattern uses what has no counterpart here.</exception>
    /// <exception cref="ArgumentException">The pattern is not well formed.</exception>
    public UnicodeRegex(string source)
    {
        _source = source;
        _regex = new Regex(OnigurumaPattern.Translate(source), RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.Multiline, MatchLimit);
        _standIns = new(ChooseStandIns);
    }

    /// <summary>Appends the non-empty matches in <paramref name="text"/>, in order, as UTF-16 ranges of it.</summary>
    public void FindMatches(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        try
        {
            if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
                foreach (ValueMatch match in _regex.EnumerateMatches(text))
                    Add(match.Index, match.Index + match.Length);
            else
                FindProjected(text, Add);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new TokenizerException($"the pattern {_source} takes too long on this text: it needs more than {MatchLimit.TotalSeconds} s for one match", e);
        }

        void Add(int start, int end)
        {
            if (end > start)
                matches.Add((start, end));
        }
    }

    private void FindProjected(ReadOnlySpan<char> text, Action<int, int> add)
    {
        char[] projected = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            int count = 0;
            foreach (Rune rune in text.EnumerateRunes())
                projected[count++] = rune.IsBmp ? (char)rune.Value : StandIn(rune);
            int units = 0, points = 0;                                      // the same place in text and in the projection
            foreach (ValueMatch match in _regex.EnumerateMatches(projected.AsSpan(0, count)))
            {
                int start = Advance(text, ref units, ref points, match.Index);
                add(start, Advance(text, ref units, ref points, match.Index + match.Length));
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(projected);
        }
    }

    private static int Advance(ReadOnlySpan<char> text, ref int units, ref int points, int target)
    {
        for (; points < target; points++)
            units += char.IsHighSurrogate(text[units]) ? 2 : 1;
        return units;
    }

    private char StandIn(Rune rune)
    {
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        return _standIns.Value.TryGetValue((category, GroupOf(rune.Value)), out char c) ? c
            : throw new TokenizerException($"the pattern {_source} names every character of category {category}; characters beyond U+FFFF cannot be matched with it");
    }

    /// <summary>For each category the last BMP character that the pattern neither names nor spans with a range.</summary>
    private Dictionary<(UnicodeCategory Category, int Group), char> ChooseStandIns()
    {
        bool[] named = NamedCharacters();
        var standIns = new Dictionary<(UnicodeCategory, int), char>();
        for (int c = 0xFFFF; c >= 0x80; c--)
        {
            if (named[c] || char.IsSurrogate((char)c) || char.IsWhiteSpace((char)c))
                continue;
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory((char)c);
            standIns.TryAdd((category, GroupOf(c)), (char)c);
        }
        return standIns;
    }

    /// <summary>Characters written in the pattern or between two that are joined by a hyphen, with their other cases.</summary>
    private bool[] NamedCharacters()
    {
        var named = new bool[0x10000];
        string plain = Regex.Replace(_source, @"\\u([0-9A-Fa-f]{4})|\\x\{0*([0-9A-Fa-f]{1,4})\}", match =>
            ((char)int.Parse(match.Groups[1].Value + match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString());
        for (int i = 0; i < plain.Length; i++)
        {
            int last = i + 2 < plain.Length && plain[i + 1] == '-' && plain[i + 2] > plain[i] ? plain[i + 2] : plain[i];
            for (int c = plain[i]; c <= last; c++)
            {
                named[c] = true;
                named[char.ToLowerInvariant((char)c)] = true;
                named[char.ToUpperInvariant((char)c)] = true;
            }
        }
        return named;
    }

    /// <summary>What patterns tell from the rest of its category: 1 for enclosed letters, which are <c>\w</c>, 2 for Han characters, else 0.</summary>
    private static int GroupOf(int c) => CodePoints.IsEnclosedLetter(c) ? 1
        : c is 0x3005 or 0x3007 or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B) or (>= 0x2E80 and <= 0x2FD5)
            or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAD9) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 0;
}
