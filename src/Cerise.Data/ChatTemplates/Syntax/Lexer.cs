using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>Cuts a template into tokens, with jinja2's rules for white space around tags.</summary>
internal sealed class Lexer
{
    private static readonly string[] Operators =
        ["//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"];

    private readonly string _text;
    private readonly bool _trimBlocks;
    private readonly bool _lstripBlocks;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _open = new();                            // closing brackets that are waited for
    private int _at;
    private bool _lineStarts = true;                                       // whether nothing stands before in the line

    private Lexer(string text, bool trimBlocks, bool lstripBlocks) => (_text, _trimBlocks, _lstripBlocks) = (text, trimBlocks, lstripBlocks);

    /// <summary>All tokens, the end among them.</summary>
    /// <param name="text">The template.</param>
    /// <param name="trimBlocks">Whether a line feed after a statement or comment goes.</param>
    /// <param name="lstripBlocks">Whether white space before a statement or comment that begins a line goes.</param>
    public static List<Token> Tokenize(string text, bool trimBlocks, bool lstripBlocks) => new Lexer(text, trimBlocks, lstripBlocks).Run();

    private List<Token> Run()
    {
        while (_at < _text.Length)
            ReadText();
        Add(TokenKind.End, "", _text.Length);
        return _tokens;
    }

    private void ReadText()
    {
        int start = _at, tag = FindTag(start);
        if (tag < 0)
        {
            Add(TokenKind.Data, _text[start..], start);
            _at = _text.Length;
            return;
        }
        char kind = _text[tag + 1];
        _at = tag + 2;
        char sign = Sign();
        AddData(start, tag, sign, strips: kind != '{');
        if (kind == '#')
            SkipComment(tag);
        else if (kind == '%' && TryEnterRaw())
            ReadRaw(tag);
        else
            ReadCode(tag, isTag: kind == '%');
        _lineStarts = _at > 0 && _text[_at - 1] == '\n';
    }

    private int FindTag(int from)
    {
        for (int at = _text.IndexOf('{', from); at >= 0 && at + 1 < _text.Length; at = _text.IndexOf('{', at + 1))
            if (_text[at + 1] is '{' or '%' or '#')
                return at;
        return -1;
    }

    private char Sign() => _at < _text.Length && _text[_at] is '-' or '+' ? _text[_at++] : '\0';

    private void AddData(int start, int end, char sign, bool strips)
    {
        if (sign == '-')
            while (end > start && CodePoint.IsSpace(_text[end - 1]))
                end--;
        else if (sign != '+' && strips && _lstripBlocks)
        {
            int lineStart = end > start ? _text.LastIndexOf('\n', end - 1, end - start) + 1 : 0;
            lineStart = Math.Max(lineStart, start);
            if ((lineStart > start || _lineStarts) && IsSpace(lineStart, end))
                end = lineStart;
        }
        if (end > start)
            Add(TokenKind.Data, _text[start..end], start);
    }

    private bool IsSpace(int start, int end)
    {
        for (int at = start; at < end; at++)
            if (!CodePoint.IsSpace(_text[at]))
                return false;
        return true;
    }

    private void SkipComment(int tag)
    {
        if (_at == _text.Length)
            return;
        int end = _text.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
            throw Fault("Missing end of comment tag", tag);
        char sign = end > _at ? _text[end - 1] : '\0';
        _at = end + 2;
        AfterTag(sign);
    }

    // What follows the end of a statement or comment.
    private void AfterTag(char sign)
    {
        if (sign == '-')
            SkipSpaces();
        else if (sign != '+' && _trimBlocks && _at < _text.Length && _text[_at] == '\n')
            _at++;
    }

    private bool TryEnterRaw()
    {
        int start = _at;
        SkipSpaces();
        if (string.CompareOrdinal(_text, _at, "raw", 0, 3) == 0)
        {
            _at += 3;
            SkipSpaces();
            bool strips = _at < _text.Length && _text[_at] == '-';
            int end = strips ? _at + 1 : _at;
            if (string.CompareOrdinal(_text, end, "%}", 0, 2) == 0)
            {
                _at = end + 2;
                if (strips)
                    SkipSpaces();
                return true;
            }
        }
        _at = start;
        return false;
    }

    private void ReadRaw(int tag)
    {
        int start = _at;
        if (start == _text.Length)
            return;
        _lineStarts = start > 0 && _text[start - 1] == '\n';
        for (int end = _text.IndexOf("{%", start, StringComparison.Ordinal); end >= 0; end = _text.IndexOf("{%", end + 2, StringComparison.Ordinal))
        {
            _at = end + 2;
            char sign = Sign();
            SkipSpaces();
            if (string.CompareOrdinal(_text, _at, "endraw", 0, 6) != 0)
                continue;
            _at += 6;
            SkipSpaces();
            char close = Sign();
            if (string.CompareOrdinal(_text, _at, "%}", 0, 2) != 0)
                continue;
            _at += 2;
            AddData(start, end, sign, strips: true);
            AfterTag(close);
            return;
        }
        throw Fault("Missing end of raw directive", tag);
    }

    private void ReadCode(int tag, bool isTag)
    {
        Add(isTag ? TokenKind.TagBegin : TokenKind.PrintBegin, "", tag);
        string close = isTag ? "%}" : "}}";
        while (_at < _text.Length)
        {
            char c = _text[_at];
            if (_open.Count == 0)
            {
                bool signed = c == '-' || (isTag && c == '+');
                int end = signed ? _at + 1 : _at;
                if (string.CompareOrdinal(_text, end, close, 0, 2) == 0)
                {
                    Add(isTag ? TokenKind.TagEnd : TokenKind.PrintEnd, "", _at);
                    _at = end + 2;
                    if (isTag)
                        AfterTag(signed ? c : '\0');
                    else if (signed)
                        SkipSpaces();
                    return;
                }
            }
            if (CodePoint.IsSpace(c))
                _at++;
            else
                ReadToken(c);
        }
        if (_open.Count > 0)
            throw Fault($"unexpected end of template, expected '{_open.Peek()}'.", _text.Length);
    }

    private void ReadToken(char c)
    {
        int start = _at;
        if (char.IsAsciiDigit(c))
        {
            (TokenKind kind, int length) = NumberToken.Measure(_text, start, afterDot: start > 0 && _text[start - 1] == '.');
            _at += length;
            Add(kind, _text[start.._at], start);
        }
        else if (c is '"' or '\'')
        {
            int end = EndOfString(c);
            Add(TokenKind.String, StringEscapes.Unescape(_text.AsSpan(start + 1, end - start - 1), start), start);
            _at = end + 1;
        }
        else if (CharacterClasses.IsWord(CodePoint.At(_text, _at)))
        {
            while (_at < _text.Length && CharacterClasses.IsWord(CodePoint.At(_text, _at)))
                _at += CodePoint.LengthAt(_text, _at);
            string name = _text[start.._at];
            if (!CharacterClasses.IsIdentifier(name))
                throw Fault("Invalid character in identifier", start);
            Add(TokenKind.Name, string.IsInterned(name) ?? name, start);
        }
        else
            ReadOperator(c);
    }

    private int EndOfString(char quote)
    {
        for (int at = _at + 1; at < _text.Length; at++)
        {
            if (_text[at] == quote)
                return at;
            if (_text[at] == '\\')
                at++;
        }
        throw Fault($"unexpected char {PythonText.Quote(quote.ToString())}: the string has no end", _at);
    }

    private void ReadOperator(char c)
    {
        foreach (string symbol in Operators)
        {
            if (string.CompareOrdinal(_text, _at, symbol, 0, symbol.Length) != 0)
                continue;
            if (c is '(' or '[' or '{')
                _open.Push(c switch { '(' => ')', '[' => ']', _ => '}' });
            else if (c is ')' or ']' or '}' && (!_open.TryPop(out char expected) || expected != c))
                throw Fault(expected == '\0' ? $"unexpected '{c}'" : $"unexpected '{c}', expected '{expected}'", _at);
            Add(TokenKind.Operator, symbol, _at);
            _at += symbol.Length;
            return;
        }
        throw Fault($"unexpected char {PythonText.Quote(c.ToString())}", _at);
    }

    private void SkipSpaces()
    {
        while (_at < _text.Length && CodePoint.IsSpace(_text[_at]))
            _at++;
    }

    private void Add(TokenKind kind, string text, int position) => _tokens.Add(new Token(kind, text, position));

    private static TemplateFault Fault(string message, int position) => new(message) { Position = position };
}
