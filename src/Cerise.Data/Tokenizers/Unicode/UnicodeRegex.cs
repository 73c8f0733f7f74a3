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
/// by a stand-in (see <see cref="StandIns"/>); offsets are mapped back.
/// </remarks>
internal sealed class UnicodeRegex
{
    /// <summary>A single match that takes longer is a pattern that explodes, not a long text; all matches of a text may take this and a little for each character.</summary>
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(1), LongTextMatchLimit = TimeSpan.FromSeconds(10), CharacterLimit = TimeSpan.FromMicroseconds(1);

    /// <summary>Texts of more characters may need <see cref="LongTextMatchLimit"/> for a match that runs through all of them.</summary>
    private const int LongText = 4_000_000;

    private readonly string _source;
    private readonly Regex _regex;
    private readonly Lazy<Regex> _longTextRegex;
    private readonly StandIns _standIns;

    /// <summary>Compiles a pattern in the Oniguruma dialect.</summary>
    /// <exception cref="NotSupportedException">The pattern uses what has no counterpart here.</exception>
    /// <exception cref="ArgumentException">The pattern is not well formed.</exception>
    public UnicodeRegex(string source)
    {
        _source = source;
        var ranges = new List<(int First, int Last)>();
        string translated = OnigurumaPattern.Translate(source, (first, last) =>
        {
            ranges.Add((first, last));
            return "";
        });
        _standIns = new StandIns(source, ranges);
        if (ranges.Count > 0)
            translated = OnigurumaPattern.Translate(source, _standIns.MembersOf);
        // Compiled sets that name U+FFFF fail at the end of a text (ArgumentOutOfRangeException, .NET 10.0.12).
        bool compiles = !Regex.IsMatch(translated, @"\uFFFF|\\uFFFF", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        RegexOptions options = RegexOptions.CultureInvariant | RegexOptions.Multiline | (compiles ? RegexOptions.Compiled : RegexOptions.None);
        _regex = new Regex(translated, options, MatchLimit);
        _longTextRegex = new(() => new Regex(translated, options, LongTextMatchLimit));
    }

    /// <summary>Appends the matches in <paramref name="text"/>, in order, as UTF-16 ranges of it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="matches">Where they go.</param>
    /// <param name="withEmpty">Whether empty ones count: such as a lookahead's, though not right after another match.</param>
    public void FindMatches(ReadOnlySpan<char> text, List<(int Start, int End)> matches, bool withEmpty = false)
    {
        int lastEnd = -1;
        Regex regex = text.Length > LongText ? _longTextRegex.Value : _regex;
        TimeSpan limit = MatchLimit + (text.Length * CharacterLimit);
        int length = text.Length;
        long begun = Stopwatch.GetTimestamp();
        try
        {
            if (!_standIns.AreNeededFor(text))
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
            if (end > start || (withEmpty && start != lastEnd))
                matches.Add((start, end));
            lastEnd = end;
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
                projected[count++] = _standIns.For(rune);
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
}
