using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>A regular expression over code points rather than UTF-16 units, written in the Oniguruma dialect of tokenizer files.</summary>
/// <remarks>
/// The framework matches 16-bit units, so <c>\p{L}</c> misses every letter beyond U+FFFF. Where the text holds such characters, each is replaced for matching
/// by one BMP character of the same general category (and script, for Han) that the pattern does not name; offsets are mapped back.
/// </remarks>
internal sealed class UnicodeRegex
{
    /// <summary>A single match that takes longer is a pattern that explodes, not a long text; all matches of a text may take this and a little for each character.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1), LongTextMatchLimit = TimeSpan.FromSeconds(10), CharacterLimit = TimeSpan.FromMicroseconds(5);

    /// <summary>Texts of more characters may need <see cref="LongTextMatchLimit"/> for a match that runs through all of them.</summary>
    private const int LongText = 100_000;

    private readonly string _source;
    private readonly bool _tellsWords, _tellsHan, _tellsCategories;         // whether the pattern asks for more than characters and white space
    private readonly Regex _regex;
    private readonly Lazy<Regex> _longTextRegex;
    private readonly Lazy<Dictionary<(UnicodeCategory Category, int Group), char>> _standIns;

    /// <summary>Compiles a pattern in the Oniguruma dialect.</summary>
    /// <exception cref="NotSupportedException">The pattern uses what has no counterpart here.</exception>
    /// <exception cref="ArgumentException">The pattern is not well formed.</exception>
    public UnicodeRegex(string source)
    {
        _source = source;
        _tellsWords = Names(source, @"\w", @"\W", "[:word:]", @"\b", @"\B");
        _tellsHan = Names(source, "Han}");
        _tellsCategories = _tellsWords || Names(source, @"\p", @"\P", @"\d", @"\D", "[:");
        const RegexOptions Options = RegexOptions.Compiled | RegexOptions.CultureInvariant | RegexOptions.Multiline;
        string translated = OnigurumaPattern.Translate(source);
        _regex = new Regex(translated, Options, MatchLimit);
        _longTextRegex = new(() => new Regex(translated, Options, LongTextMatchLimit));
        _standIns = new(ChooseStandIns);
    }

    /// <summary>Appends the non-empty matches in <paramref name="text"/>, in order, as UTF-16 ranges of it.</summary>
    public void FindMatches(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        Regex regex = text.Length > LongText ? _longTextRegex.Value : _regex;
        TimeSpan limit = MatchLimit + (text.Length * CharacterLimit);
        int length = text.Length;
        long begun = Stopwatch.GetTimestamp();
        try
        {
            if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
                foreach (ValueMatch match in regex.EnumerateMatches(text))
                    Add(match.Index, match.Index + match.Length);
            else
                FindProjected(regex, text, Add);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw TooSlow(regex.MatchTimeout, length, e);
        }

        void Add(int start, int end)
        {
            if (end > start)
                matches.Add((start, end));
            if (Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed > limit)
                throw TooSlow(elapsed, length, null);
        }
    }

    private TokenizerException TooSlow(TimeSpan time, int length, Exception? inner) => new(string.Create(CultureInfo.InvariantCulture,
        $"the pattern '{FileNode.Shorten(_source)}' takes too long: more than {time.TotalSeconds:0.0} s on a text of {length} characters"), inner);

    private void FindProjected(Regex regex, ReadOnlySpan<char> text, Action<int, int> add)
    {
        char[] projected = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            int count = 0;
            foreach (Rune rune in text.EnumerateRunes())
                projected[count++] = rune.IsBmp ? (char)rune.Value : StandIn(rune);
            int units = 0, points = 0;                                      // the same place in text and in the projection
            foreach (ValueMatch match in regex.EnumerateMatches(projected.AsSpan(0, count)))
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

    private static bool Names(string source, params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
            if (source.Contains(part, StringComparison.Ordinal))
                return true;
        return false;
    }

    private char StandIn(Rune rune)
    {
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        return _standIns.Value.TryGetValue((category, GroupOf(rune.Value)), out char c) ? c
            : !_tellsCategories && _standIns.Value.Count > 0 ? _standIns.Value.Values.First()
            : throw new TokenizerException($"the pattern {_source} names every character of category {category}; characters beyond U+FFFF cannot be matched with it");
    }

    /// <summary>For each category the last BMP character that the pattern neither names nor spans with a range, nor holds by its script.</summary>
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
        foreach (Match property in Regex.Matches(_source, @"\\[pP]\{\^?(?:Script=)?([^}]+)\}"))
            if (property.Groups[1].Value != "Han")
                ScriptData.Instance.Mark(property.Groups[1].Value, named);
        return named;
    }

    /// <summary>What patterns tell from the rest of its category: 1 for enclosed letters, which are <c>\w</c>, 2 for Han characters, else 0.</summary>
    private int GroupOf(int c) => _tellsWords && CodePoints.IsEnclosedLetter(c) ? 1
        : _tellsHan && c is 0x3005 or 0x3007 or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B) or (>= 0x2E80 and <= 0x2FD5)
            or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAD9) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 0;
}
