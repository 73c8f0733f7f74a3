using System.Text.RegularExpressions;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Parsing;

/// <summary>A pattern of a tokenizer file: <c>{"String": ...}</c> is found as it stands, <c>{"Regex": ...}</c> matched.</summary>
internal sealed class TextPattern
{
    private readonly string? _literal;
    private readonly UnicodeRegex? _regex;

    private TextPattern(string source, string? literal, UnicodeRegex? regex) => (Source, _literal, _regex) = (source, literal, regex);

    /// <summary>The pattern as written.</summary>
    public string Source { get; }

    /// <summary>Whether this is a regular expression.</summary>
    public bool IsRegex => _regex is not null;

    public static TextPattern Literal(string text) => new(text, text, null);

    public static TextPattern Regex(string pattern) => new(pattern, null, new UnicodeRegex(pattern));

    public static TextPattern Read(FileNode node)
    {
        if (node.IsString)
            return Literal(node.String());
        if (node["String"] is { IsNull: false } literal)
            return Literal(literal.String());
        FileNode regex = node["Regex"];
        try
        {
            return Regex(regex.String());
        }
        catch (NotSupportedException e)
        {
            throw regex.Fail(e.Message, e);
        }
        catch (RegexParseException e)
        {
            throw regex.Fail($"the regular expression is not well formed: {e.Message}", e);
        }
        catch (ArgumentException e)
        {
            throw regex.Fail($"the regular expression cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Appends the non-empty matches in order.</summary>
    public void FindMatches(ReadOnlySpan<char> text, List<(int Start, int End)> matches) => Find(text, matches, withEmpty: false);

    /// <summary>Appends the matches in order, those of a regular expression also where they are empty: a text is split there.</summary>
    public void FindSplits(ReadOnlySpan<char> text, List<(int Start, int End)> matches) => Find(text, matches, withEmpty: true);

    /// <summary>The text with every match replaced; the same instance where nothing matches.</summary>
    public string Replace(string text, string replacement)
    {
        if (_literal is not null)
            return _literal.Length == 0 ? text : text.Replace(_literal, replacement, StringComparison.Ordinal);
        var matches = new List<(int Start, int End)>();
        FindMatches(text, matches);
        if (matches.Count == 0)
            return text;
        var result = new System.Text.StringBuilder(text.Length);
        int from = 0;
        foreach ((int start, int end) in matches)
        {
            result.Append(text, from, start - from).Append(replacement);
            from = end;
        }
        return result.Append(text, from, text.Length - from).ToString();
    }

    private void Find(ReadOnlySpan<char> text, List<(int Start, int End)> matches, bool withEmpty)
    {
        if (_regex is not null)
        {
            _regex.FindMatches(text, matches, withEmpty);
            return;
        }
        if (_literal!.Length == 0)
            return;
        for (int at = 0; text[at..].IndexOf(_literal, StringComparison.Ordinal) is >= 0 and var found;)
        {
            matches.Add((at + found, at + found + _literal.Length));
            at += found + _literal.Length;
        }
    }
}
