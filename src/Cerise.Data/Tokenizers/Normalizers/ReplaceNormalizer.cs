using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    private readonly TextPattern _pattern = pattern;
    private readonly string _content = content;

    public override TrackedText Normalize(TrackedText text) => Replace(text, _pattern, _content);

    /// <summary>The text with every match of a pattern replaced.</summary>
    public static TrackedText Replace(TrackedText text, TextPattern pattern, string content)
    {
        if (text.Origins is null)
            return new(pattern.Replace(text.Text, content), null);
        var matches = new List<(int Start, int End)>();
        pattern.FindMatches(text.Text, matches);
        if (matches.Count == 0)
            return text;
        var result = new TextRewriter(text);
        int from = 0;
        foreach ((int start, int end) in matches)
        {
            result.Copy(from, start);
            result.Append(content, start, end - 1);
            from = end;
        }
        result.Copy(from, text.Text.Length);
        return result.Finish();
    }

    /// <summary>The same for a literal text.</summary>
    public static TrackedText Replace(TrackedText text, string literal, string content) =>
        text.Text.Contains(literal, StringComparison.Ordinal) ? Replace(text, TextPattern.Literal(literal), content) : text;
}
