using System.Globalization;
using System.Text;

namespace Cerise.Data.Tokenizers.Unicode;

/// <summary>Rewrites a pattern from the Oniguruma dialect (Ruby syntax) that tokenizer files use to the framework's.</summary>
/// <remarks>
/// What differs: possessive quantifiers become atomic groups; <c>\h</c>, <c>\w</c>, <c>\x{...}</c>, POSIX brackets, <c>\p{^L}</c> and long property names are
/// spelled out, scripts as far as U+FFFF; <c>(?m)</c> means "dot matches newline"; an <c>s</c> that ignores case also matches U+017F. Characters beyond U+FFFF
/// become what the caller matches in their stead. What has no counterpart is refused by name.
/// </remarks>
internal sealed class OnigurumaPattern
{
    /// <summary>Longer than any in use; what is made of a pattern grows faster than the pattern.</summary>
    private const int LongestPattern = 10_000;

    private const string PosixWordSet = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u24B6-\u24E9";

    /// <summary>Oniguruma's <c>\w</c> has the superscripts and fractions of Latin-1 as well.</summary>
    private const string WordSet = PosixWordSet + @"\u00B2\u00B3\u00B9\u00BC-\u00BE";

    /// <summary>The letters of the Han script; beyond U+FFFF they are the stand-in's concern.</summary>
    private const string HanSet =
        @"\u2E80-\u2E99\u2E9B-\u2EF3\u2F00-\u2FD5\u3005\u3007\u3021-\u3029\u3038-\u303B\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFA6D\uFA70-\uFAD9";

    private static readonly Dictionary<string, string> LongNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Letter"] = "L",
        ["Mark"] = "M",
        ["Number"] = "N",
        ["Punctuation"] = "P",
        ["Punct"] = "P",
        ["Symbol"] = "S",
        ["Separator"] = "Z",
        ["Uppercase_Letter"] = "Lu",
        ["Lowercase_Letter"] = "Ll",
        ["Titlecase_Letter"] = "Lt",
        ["Modifier_Letter"] = "Lm",
        ["Other_Letter"] = "Lo",
        ["Nonspacing_Mark"] = "Mn",
        ["Spacing_Mark"] = "Mc",
        ["Enclosing_Mark"] = "Me",
        ["Decimal_Number"] = "Nd",
        ["Letter_Number"] = "Nl",
        ["Other_Number"] = "No",
        ["Control"] = "Cc",
        ["Format"] = "Cf",
    };

    private static readonly Dictionary<string, string> PosixSets = new(StringComparer.Ordinal)
    {
        ["digit"] = @"\p{Nd}",
        ["space"] = @"\s",
        ["punct"] = @"\p{P}\p{S}",
        ["word"] = PosixWordSet,
        ["xdigit"] = "0-9A-Fa-f",
        ["cntrl"] = @"\p{Cc}",
        ["blank"] = @"\p{Zs}\t",
    };

    private readonly string _source;
    private readonly Func<int, int, string> _supplementary;
    private readonly StringBuilder _output = new();
    private readonly Stack<bool> _outerIgnoreCase = new();
    private bool _ignoreCase;
    private int _at;

    private OnigurumaPattern(string source, Func<int, int, string> supplementary) => (_source, _supplementary) = (source, supplementary);

    /// <summary>The pattern in the framework's dialect.</summary>
    /// <param name="source">The pattern in Oniguruma's.</param>
    /// <param name="supplementary">The members of a set that stand for the characters from the first to the last given, both beyond U+FFFF.</param>
    /// <exception cref="NotSupportedException">The pattern uses a construct without a counterpart.</exception>
    public static string Translate(string source, Func<int, int, string> supplementary) =>
        source.Length <= LongestPattern ? new OnigurumaPattern(source, supplementary).Translate() : throw Unsupported($"more than {LongestPattern} characters");

    private string Translate()
    {
        var groupStarts = new Stack<int>();
        int atom = 0;                                                       // where the last atom begins in the output
        bool quantified = false;                                            // and whether it has its quantifier
        while (_at < _source.Length)
        {
            char c = _source[_at];
            if (c is '*' or '+' or '?' || (c == '{' && IntervalLength() > 0))
            {
                if (quantified)                                             // a quantifier of what has one already
                    _output.Insert(atom, "(?:").Append(')');
                Quantifier(atom);
                quantified = true;
                continue;
            }
            quantified = false;
            atom = _output.Length;
            switch (c)
            {
                case '(':
                    groupStarts.Push(_output.Length);
                    OpenGroup();
                    break;
                case ')':
                    atom = groupStarts.Count > 0 ? groupStarts.Pop() : 0;
                    _ignoreCase = _outerIgnoreCase.Count > 0 && _outerIgnoreCase.Pop();
                    Copy(1);
                    break;
                case '[':
                    Set();
                    break;
                case '\\':
                    Escape(inSet: false);
                    break;
                case '{':
                    _output.Append("\\{");
                    _at++;
                    break;
                default:
                    Literal(inSet: false);
                    break;
            }
        }
        return _output.ToString();
    }

    /// <summary>
    /// One quantifier with what belongs to it: after <c>*</c>, <c>+</c> and <c>?</c> a plus makes it possessive and a question mark lazy; an interval has only
    /// the lazy form, and only where it has two ends. Any other sign after it is a quantifier of its own.
    /// </summary>
    private void Quantifier(int atom)
    {
        bool isInterval = _source[_at] == '{';
        int length = isInterval ? IntervalLength() : 1;
        string text = _source.Substring(_at, length);
        _output.Append(text.StartsWith("{,", StringComparison.Ordinal) ? "{0" + text[1..] : text);
        _at += length;
        if (Next() == '?' && (!isInterval || text.Contains(',', StringComparison.Ordinal)))
            Copy(1);
        else if (Next() == '+' && !isInterval)
        {
            _at++;
            _output.Insert(atom, "(?>").Append(')');
        }
    }

    /// <summary>Length of {n}, {n,}, {n,m} or {,m} at this place; 0 where the brace is a plain character.</summary>
    private int IntervalLength()
    {
        int at = _at + 1, digits = 0;
        bool comma = false;
        for (; at < _source.Length && (char.IsAsciiDigit(_source[at]) || (_source[at] == ',' && !comma)); at++)
        {
            comma |= _source[at] == ',';
            digits += _source[at] == ',' ? 0 : 1;
        }
        return digits > 0 && at < _source.Length && _source[at] == '}' ? at + 1 - _at : 0;
    }

    private void OpenGroup()
    {
        _outerIgnoreCase.Push(_ignoreCase);
        Copy(1);
        if (Next() != '?')
            return;
        int end = _at + 1;
        while (end < _source.Length && (char.IsAsciiLetterLower(_source[end]) || _source[end] == '-'))
            end++;
        if (Next(1) == '~')
            throw Unsupported("absent operator (?~");
        if (end == _at + 1 || end == _source.Length || _source[end] is not (':' or ')'))
        {
            Copy(1);
            return;
        }
        bool on = true;
        for (int i = _at + 1; i < end; i++)
        {
            if (_source[i] == '-')
                on = false;
            else if (_source[i] == 'i')
                _ignoreCase = on;
            else if (_source[i] is not ('m' or 'x'))
                throw Unsupported($"option '{_source[i]}'");
        }
        // The options of (?i) reach to the end of the enclosing group; for (?i: the enclosing group's return at its own bracket.
        _output.Append(_source[_at..end].Replace('m', 's'));
        _at = end;
        if (_source[end] == ')')
        {
            bool ignoreCase = _ignoreCase;
            _outerIgnoreCase.Pop();
            _outerIgnoreCase.Push(ignoreCase);
        }
    }

    private void Set()
    {
        Copy(1);
        if (Next() == '^')
            Copy(1);
        bool first = true;
        for (; ; first = false)
        {
            switch (Next())
            {
                case '\0' when _at >= _source.Length:
                    throw Unsupported("character set without an end");
                case ']' when !first:
                    Copy(1);
                    return;
                case ']':
                    _output.Append(@"\]");
                    _at++;
                    break;
                case '[' when Next(1) == ':':
                    PosixSet();
                    break;
                case '[':
                    NestedSet();
                    break;
                case '&' when Next(1) == '&':
                    Intersection();
                    return;
                default:
                    Member();
                    break;
            }
        }
    }

    /// <summary>A set within a set adds its members.</summary>
    private void NestedSet()
    {
        if (Next(1) == '^')
            throw Unsupported("negated set within a set");
        _at++;
        while (Next() != ']')
        {
            if (_at >= _source.Length || Next() == '[')
                throw Unsupported("set within a set within a set");
            Member();
        }
        _at++;
    }

    /// <summary>The intersection with a negated set is a difference, which is all that is known here.</summary>
    private void Intersection()
    {
        if (Next(2) != '[' || Next(3) != '^')
            throw Unsupported("intersection of sets (&&) with other than a negated set");
        _at += 4;
        _output.Append("-[");
        while (Next() != ']')
        {
            if (_at >= _source.Length || Next() == '[')
                throw Unsupported("set within a set within a set");
            Member();
        }
        if (Next(1) != ']')
            throw Unsupported("intersection of sets (&&) with more than one set");
        _output.Append("]]");
        _at += 2;
    }

    /// <summary>One character of a set, a range or an escape.</summary>
    private void Member()
    {
        if (TryCodePoint(_at, out int first, out int length))
        {
            int last = first;
            if (Next(length) == '-' && TryCodePoint(_at + length + 1, out int end, out int endLength))
                (last, length) = (end, length + 1 + endLength);
            if (last > 0xFFFF)
            {
                if (first > last)
                    throw Unsupported("range of characters whose end comes before its beginning");
                if (first <= 0xFFFF)
                    _output.Append(CultureInfo.InvariantCulture, $@"\u{first:X4}-\uFFFF");
                _output.Append(_supplementary(Math.Max(first, 0x10000), last));
                _at += length;
                return;
            }
        }
        if (Next() == '\\')
            Escape(inSet: true);
        else
            Literal(inSet: true);
    }

    /// <summary>The character written at a place, as it is or as <c>\x{...}</c>.</summary>
    private bool TryCodePoint(int at, out int codePoint, out int length)
    {
        (codePoint, length) = (0, 0);
        if (at >= _source.Length || _source[at] is '[' or ']')
            return false;
        if (_source[at] != '\\')
        {
            (codePoint, length) = Rune.TryGetRuneAt(_source, at, out Rune rune) ? (rune.Value, rune.Utf16SequenceLength) : (_source[at], 1);
            return true;
        }
        int close = _source.AsSpan(at).StartsWith(@"\x{") ? _source.IndexOf('}', at) : -1;
        length = close + 1 - at;
        return close > 0 && int.TryParse(_source.AsSpan(at + 3, close - at - 3), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out codePoint)
            && codePoint is >= 0 and <= 0x10FFFF;
    }

    private void PosixSet()
    {
        int end = _source.IndexOf(":]", _at, StringComparison.Ordinal);
        string name = end < 0 ? "" : _source[(_at + 2)..end];
        if (!PosixSets.TryGetValue(name, out string? set))
            throw Unsupported($"bracket [:{name}:] (known: {string.Join(", ", PosixSets.Keys)})");
        _output.Append(set);
        _at = end + 2;
    }

    private void Escape(bool inSet)
    {
        if (_at + 1 == _source.Length)
            throw Unsupported("backslash at the end");
        char c = _source[_at + 1];
        switch (c)
        {
            case 'h':
                Emit(inSet, "0-9a-fA-F");
                break;
            case 'w':
                Emit(inSet, WordSet);
                break;
            case 'W' or 'H' when !inSet:
                _output.Append("[^").Append(c == 'W' ? WordSet : "0-9a-fA-F").Append(']');
                break;
            case 'W' or 'H' or 'X' or 'R' or 'K' or 'N' or 'O' or 'y' or 'Y' or 'G':
                throw Unsupported($@"\{c}{(inSet ? " in a set" : "")}");
            case 'x' when Next(2) == '{':
                if (!TryCodePoint(_at, out int code, out int length))
                    throw Unsupported(@"\x{...} without the number of a character");
                if (code > 0xFFFF)
                    Emit(inSet, _supplementary(code, code));
                else
                    _output.Append(CultureInfo.InvariantCulture, $@"\u{code:X4}");
                _at += length;
                return;
            case 'p' or 'P' when Next(2) == '{':
                Property(inSet, negated: c == 'P');
                return;
            default:
                Copy(2);
                return;
        }
        _at += 2;
    }

    private void Property(bool inSet, bool negated)
    {
        int close = _source.IndexOf('}', _at);
        string name = close < 0 ? throw Unsupported("property without }") : _source[(_at + 3)..close].Trim();
        if (name.StartsWith('^'))
            (name, negated) = (name[1..], !negated);
        _at = close + 1;
        if (name is "Han" or "Script=Han")
        {
            if (inSet && negated)
                throw Unsupported(@"\P{Han} in a set");
            _output.Append(inSet ? HanSet : (negated ? "[^" : "[") + HanSet + "]");
            return;
        }
        if (ScriptData.Instance.SetOf(name.StartsWith("Script=", StringComparison.Ordinal) ? name[7..] : name) is { } script)
        {
            if (inSet && negated)
                throw Unsupported($@"\P{{{name}}} in a set");
            _output.Append(inSet ? script : (negated ? "[^" : "[") + script + "]");
            return;
        }
        name = LongNames.GetValueOrDefault(name, name);
        if (name is not ("L" or "Lu" or "Ll" or "Lt" or "Lm" or "Lo" or "M" or "Mn" or "Mc" or "Me" or "N" or "Nd" or "Nl" or "No" or "P" or "Pc" or "Pd"
            or "Ps" or "Pe" or "Pi" or "Pf" or "Po" or "S" or "Sm" or "Sc" or "Sk" or "So" or "Z" or "Zs" or "Zl" or "Zp" or "C" or "Cc" or "Cf" or "Co" or "Cn"))
            throw Unsupported($@"property \p{{{name}}} (known: general categories such as L, Nd or Punctuation, and scripts such as Han)");
        _output.Append(negated ? @"\P{" : @"\p{").Append(name).Append('}');
    }

    private void Literal(bool inSet)
    {
        char c = _source[_at];
        if (Rune.TryGetRuneAt(_source, _at, out Rune rune) && !rune.IsBmp)
        {
            Emit(inSet, _supplementary(rune.Value, rune.Value));
            _at += 2;
            return;
        }
        bool isRangeEnd = inSet && (Next(1) == '-' || (_at > 0 && _source[_at - 1] == '-'));
        if (_ignoreCase && c is 's' or 'S' && !isRangeEnd)
        {
            _output.Append(inSet ? @"sS\u017F" : @"[sS\u017F]");
            _at++;
        }
        else
            Copy(1);
    }

    private void Emit(bool inSet, string set) => _output.Append(inSet ? set : $"[{set}]");

    private void Copy(int count)
    {
        _output.Append(_source, _at, count);
        _at += count;
    }

    private char Next(int ahead = 0) => _at + ahead < _source.Length ? _source[_at + ahead] : '\0';

    private static NotSupportedException Unsupported(string what) => new($"the pattern uses {what}, which is not supported");
}
