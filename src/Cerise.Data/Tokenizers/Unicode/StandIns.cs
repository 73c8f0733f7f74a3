using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>The BMP characters by which a regular expression over 16-bit units sees the characters beyond U+FFFF.</summary>
/// <remarks>
/// A stand-in has the general category of what it stands for (and is of the Han script or not), so <c>\p{L}</c> finds it, and the pattern does not name it, so
/// no other part does. Characters beyond U+FFFF that the pattern names get stand-ins of their own, reserved for them: one for each category and each choice of
/// the named ranges. Where a text holds a reserved character itself, that too is seen by a stand-in.
/// </remarks>
internal sealed class StandIns
{
    /// <summary>Ranges beyond U+FFFF in one pattern; a choice of them is one bit each.</summary>
    private const int MostRanges = 64;

    private readonly string _source;
    private readonly (int First, int Last)[] _ranges;
    private readonly bool _tellsWords, _tellsHan, _tellsCategories;         // whether the pattern asks for more than characters and white space
    private readonly Lazy<bool[]> _named;
    private readonly Dictionary<Kind, char> _reserved = [];
    private readonly SearchValues<char> _reservedCharacters;
    private readonly Lazy<Dictionary<Kind, char>> _shared;

    /// <summary>Chooses the stand-ins of a pattern.</summary>
    /// <param name="source">The pattern.</param>
    /// <param name="ranges">The ranges of characters beyond U+FFFF that it names.</param>
    /// <exception cref="NotSupportedException">There are too many ranges, or no characters left to stand for them.</exception>
    public StandIns(string source, IEnumerable<(int First, int Last)> ranges)
    {
        _source = source;
        _ranges = [.. ranges.Distinct()];
        _tellsWords = Names(source, @"\w", @"\W", "[:word:]", @"\b", @"\B");
        _tellsHan = Names(source, "Han}");
        _tellsCategories = _tellsWords || Names(source, @"\p", @"\P", @"\d", @"\D", "[:");
        _named = new(NamedCharacters);
        Reserve();
        _reservedCharacters = SearchValues.Create([.. _reserved.Values]);
        _shared = new(ChooseShared);
    }

    /// <summary>Whether a text holds characters that are not to be matched as they are.</summary>
    public bool AreNeededFor(ReadOnlySpan<char> text) =>
        text.IndexOfAnyInRange('\uD800', '\uDFFF') >= 0 || (_reserved.Count > 0 && text.IndexOfAny(_reservedCharacters) >= 0);

    /// <summary>The character that is matched in the place of another; most of the BMP stands for itself.</summary>
    /// <exception cref="TokenizerException">The pattern names every character that could.</exception>
    public char For(Rune rune)
    {
        if (rune.IsBmp && !_reservedCharacters.Contains((char)rune.Value))
            return (char)rune.Value;
        Kind kind = KindOf(rune.Value, RangesOf(rune.Value));
        return (kind.Ranges == 0 ? _shared.Value : _reserved).TryGetValue(kind, out char c) ? c
            : throw new TokenizerException($"the pattern {_source} names every character of category {kind.Category}; characters beyond U+FFFF cannot be matched with it");
    }

    /// <summary>The stand-ins of a range that the pattern names, as members of a set.</summary>
    public string MembersOf(int first, int last)
    {
        ulong bit = 1UL << Array.IndexOf(_ranges, (first, last));
        return string.Concat(_reserved.Where(entry => (entry.Key.Ranges & bit) != 0).Select(entry => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)entry.Value:X4}")));
    }

    /// <summary>One stand-in for every kind of character in the named ranges; letters that have no other case are preferred, for patterns that ignore it.</summary>
    private void Reserve()
    {
        if (_ranges.Length > MostRanges)
            throw new NotSupportedException($"the pattern uses more than {MostRanges} characters and ranges beyond U+FFFF, which is not supported");
        if (_ranges.Length == 0)
            return;
        var kinds = new HashSet<Kind>();
        int[] borders = [.. _ranges.SelectMany(range => new[] { range.First, range.Last + 1 }).Distinct().Order()];
        for (int i = 0; i + 1 < borders.Length; i++)
            if (RangesOf(borders[i]) is not 0 and var ranges)
                for (int c = borders[i]; c < borders[i + 1]; c++)
                    kinds.Add(KindOf(c, ranges));
        ILookup<Kind, char> candidates = Candidates().OrderBy(c => char.ToLowerInvariant(c) == c && char.ToUpperInvariant(c) == c ? 0 : 1).ToLookup(c => KindOf(c, 0));
        var taken = new Dictionary<Kind, int>();
        foreach (Kind kind in kinds)
        {
            Kind plain = kind with { Ranges = 0 };
            int next = taken.GetValueOrDefault(plain);
            if (candidates[plain].Skip(next).Take(2).Count() < 2)           // and one for those that the pattern does not name
                throw new NotSupportedException($"the pattern names nearly every character of category {kind.Category} and some beyond U+FFFF, which is not supported");
            _reserved.Add(kind, candidates[plain].ElementAt(next));
            taken[plain] = next + 1;
        }
    }

    /// <summary>For each kind the last BMP character that can stand for it.</summary>
    private Dictionary<Kind, char> ChooseShared()
    {
        var shared = new Dictionary<Kind, char>();
        foreach (char c in Candidates())
            if (!_reservedCharacters.Contains(c))
                shared.TryAdd(KindOf(c, 0), c);
        return shared;
    }

    /// <summary>The BMP characters, last first, that the pattern neither names nor spans with a range, nor holds by its script.</summary>
    private IEnumerable<char> Candidates()
    {
        for (int c = 0xFFFD; c >= 0x80; c--)                                // above are no characters
            if (!_named.Value[c] && !char.IsSurrogate((char)c) && !char.IsWhiteSpace((char)c))
                yield return (char)c;
    }

    /// <summary>Characters written in the pattern or between two that are joined by a hyphen, with their other cases.</summary>
    private bool[] NamedCharacters()
    {
        var named = new bool[0x10000];
        string plain = Regex.Replace(_source, @"\\u([0-9A-Fa-f]{4})|\\x\{0*([0-9A-Fa-f]{1,6})\}", match =>
            int.Parse(match.Groups[1].Value + match.Groups[2].Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var code && code < 0x10000
                ? ((char)code).ToString() : Rune.IsValid(code) ? new Rune(code).ToString() : "");
        for (int i = 0; i < plain.Length; i++)
        {
            int last = i + 2 >= plain.Length || plain[i + 1] != '-' || char.IsSurrogate(plain[i]) ? plain[i]
                : char.IsHighSurrogate(plain[i + 2]) ? 0xFFFF
                : Math.Max(plain[i], plain[i + 2]);
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

    private ulong RangesOf(int codePoint)
    {
        ulong ranges = 0;
        for (int i = 0; i < _ranges.Length; i++)
            if (codePoint >= _ranges[i].First && codePoint <= _ranges[i].Last)
                ranges |= 1UL << i;
        return ranges;
    }

    /// <summary>What the pattern can tell of a character; where it asks for no categories all are one.</summary>
    private Kind KindOf(int codePoint, ulong ranges) =>
        new(_tellsCategories ? CharUnicodeInfo.GetUnicodeCategory(codePoint) : UnicodeCategory.OtherNotAssigned, GroupOf(codePoint), ranges);

    /// <summary>What patterns tell from the rest of its category: 1 for enclosed letters, which are <c>\w</c>, 2 for Han characters, else 0.</summary>
    private int GroupOf(int c) => _tellsWords && CodePoints.IsEnclosedLetter(c) ? 1
        : _tellsHan && c is 0x3005 or 0x3007 or (>= 0x3021 and <= 0x3029) or (>= 0x3038 and <= 0x303B) or (>= 0x2E80 and <= 0x2FD5)
            or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAD9) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 0;

    private static bool Names(string source, params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
            if (source.Contains(part, StringComparison.Ordinal))
                return true;
        return false;
    }

    /// <param name="Category">The general category.</param>
    /// <param name="Group">What is told apart within it.</param>
    /// <param name="Ranges">A bit for each range of the pattern that holds the character.</param>
    private readonly record struct Kind(UnicodeCategory Category, int Group, ulong Ranges);
}
