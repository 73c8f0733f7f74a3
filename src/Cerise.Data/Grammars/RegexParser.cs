using System.Globalization;

namespace Cerise.Data.Grammars;

/// <summary>Reads the regular part of ECMAScript's regular expressions: literals, classes, groups, alternatives, repetitions, and anchors.</summary>
/// <remarks>What looks ahead or back, or refers to a group, is refused. A repetition's <c>?</c> for "as few as possible" changes no language and is passed over.</remarks>
internal sealed class RegexParser
{
    private const int MostDepth = 50;
    private const int LastCodePoint = 0x10FFFF;

    private static readonly (int, int)[] Digits = [('0', '9')];
    private static readonly (int, int)[] Words = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    private static readonly (int, int)[] PlainSpaces = [(9, 13), (' ', ' ')];                               // what every validator takes for a space
    private static readonly (int, int)[] Spaces =
        [(9, 13), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)];
    private static readonly (int, int)[] LineEnds = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

    private readonly string _pattern;
    private readonly string _path;
    private int _at;
    private int _depth;

    private RegexParser(string pattern, string path) => (_pattern, _path) = (pattern, path);

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="path">Where it stands, for messages.</param>
    /// <exception cref="GrammarException">It is malformed or not regular.</exception>
    public static RegexNode Parse(string pattern, string path)
    {
        RegexParser parser = new(pattern, path);
        RegexNode node = parser.Alternatives();
        return parser._at == pattern.Length ? node : throw parser.Fault("')' without '('");
    }

    private RegexNode Alternatives()
    {
        if (++_depth > MostDepth)
            throw Fault($"groups deeper than {MostDepth}");
        List<RegexNode> alternatives = [Sequence()];
        while (TryTake('|'))
            alternatives.Add(Sequence());
        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new RegexNode.Choice(alternatives);
    }

    private RegexNode.Sequence Sequence()
    {
        List<RegexNode> parts = [];
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            RegexNode part = Atom();
            while (Repetition() is var (least, most))
                part = part is RegexNode.Anchor ? throw Fault("a repeated anchor") : new RegexNode.Repeat(part, least, most);
            parts.Add(part);
        }
        return new RegexNode.Sequence(parts);
    }

    private RegexNode Atom()
    {
        int c = Next();
        switch (c)
        {
            case '^':
                return new RegexNode.Anchor(IsEnd: false);
            case '$':
                return new RegexNode.Anchor(IsEnd: true);
            case '.':
                return new RegexNode.Characters(Others(LineEnds));
            case '[':
                return new RegexNode.Characters(Class());
            case '(':
                if (TryTake('?') && !TryTake(':'))
                    GroupName();
                RegexNode group = Alternatives();
                return TryTake(')') ? group : throw Fault("'(' without ')'");
            case '\\':
                return new RegexNode.Characters(Escape(inClass: false, isNegated: false));
            case '*' or '+' or '?' or '{':
                throw Fault($"'{(char)c}' with nothing to repeat");
            default:
                return new RegexNode.Characters([(c, c)]);
        }
    }

    private void GroupName()
    {
        if (!TryTake('<') || _at >= _pattern.Length || _pattern[_at] is '=' or '!')
            throw Fault("a group that looks ahead or back");
        int end = _pattern.IndexOf('>', _at);
        _at = end >= 0 ? end + 1 : throw Fault("a group's name without '>'");
    }

    private (int Least, int? Most)? Repetition()
    {
        if (_at >= _pattern.Length)
            return null;
        (int, int?)? repetition = _pattern[_at] switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            _ => null,
        };
        if (repetition is not null)
            _at++;
        else if (TryTake('{'))
            repetition = Bounds();
        if (repetition is not null)
            TryTake('?');
        return repetition;
    }

    private (int, int?) Bounds()
    {
        int least = Number() ?? throw Fault("'{' without a number");
        int? most = least;
        if (TryTake(','))
            most = Number();
        if (!TryTake('}'))
            throw Fault("'{' without '}'");
        return most is null || most >= least ? (least, most) : throw Fault("bounds in the wrong order");
    }

    private int? Number()
    {
        int start = _at;
        while (_at < _pattern.Length && char.IsAsciiDigit(_pattern[_at]))
            _at++;
        if (_at == start)
            return null;
        return int.TryParse(_pattern.AsSpan(start, _at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Fault("a number that is too large");
    }

    private List<(int, int)> Class()
    {
        bool isNegated = TryTake('^');
        List<(int First, int Last)> ranges = [];
        while (!TryTake(']'))
        {
            (int First, int Last)[] first = ClassAtom(isNegated);
            bool isRange = _at + 1 < _pattern.Length && _pattern[_at] == '-' && _pattern[_at + 1] != ']';
            if (!isRange || first is not [(int low, int same)] || low != same)
            {
                ranges.AddRange(first);
                continue;
            }
            _at++;
            (int First, int Last)[] last = ClassAtom(isNegated);
            if (last is not [(int high, int also)] || high != also || high < low)
                throw Fault("a range of characters in the wrong order");
            ranges.Add((low, high));
        }
        return isNegated ? Others([.. ranges]) : ranges;
    }

    private (int, int)[] ClassAtom(bool isNegated)
    {
        int c = Next();
        return c == '\\' ? Escape(inClass: true, isNegated) : [(c, c)];
    }

    private (int, int)[] Escape(bool inClass, bool isNegated)
    {
        int c = Next();
        (int, int)[]? known = c switch
        {
            'd' => Digits,
            'D' => [.. Others(Digits)],
            'w' => Words,
            'W' => [.. Others(Words)],
            's' => isNegated ? Spaces : PlainSpaces,
            'S' => [.. Others(Spaces)],
            'n' => [('\n', '\n')],
            'r' => [('\r', '\r')],
            't' => [('\t', '\t')],
            'f' => [('\f', '\f')],
            'v' => [('\v', '\v')],
            '0' => [(0, 0)],
            'b' when inClass => [('\b', '\b')],
            'x' => Hex(2),
            'u' => Hex(4),
            _ => null,
        };
        if (known is not null)
            return known;
        return c < 128 && char.IsAsciiLetterOrDigit((char)c) ? throw Fault($"'\\{(char)c}'") : [(c, c)];
    }

    private (int, int)[] Hex(int digits)
    {
        if (_at + digits <= _pattern.Length && int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
        {
            _at += digits;
            return [(code, code)];
        }
        throw Fault($"an escape without {digits} hexadecimal digits");
    }

    private static List<(int, int)> Others(ReadOnlySpan<(int First, int Last)> ranges)
    {
        List<(int First, int Last)> sorted = [.. ranges];
        sorted.Sort();
        List<(int, int)> others = [];
        int next = 0;
        foreach ((int first, int last) in sorted)
        {
            if (first > next)
                others.Add((next, first - 1));
            next = Math.Max(next, last + 1);
        }
        if (next <= LastCodePoint)
            others.Add((next, LastCodePoint));
        return others;
    }

    private int Next()
    {
        if (_at >= _pattern.Length)
            throw Fault("an end in the midst of something");
        int c = _at + 1 < _pattern.Length && char.IsSurrogatePair(_pattern[_at], _pattern[_at + 1]) ? char.ConvertToUtf32(_pattern, _at) : _pattern[_at];
        _at += c > 0xFFFF ? 2 : 1;
        return c;
    }

    private bool TryTake(char c)
    {
        bool taken = _at < _pattern.Length && _pattern[_at] == c;
        _at += taken ? 1 : 0;
        return taken;
    }

    private GrammarException Fault(string what) => new(
        _path, $"the pattern has {what} at character {_at.ToString(CultureInfo.InvariantCulture)}; use literals, classes, groups, alternatives, repetitions, ^ and $");
}
