namespace Cerise.Data.Grammars;

/// <summary>A part of a regular expression.</summary>
internal abstract record RegexNode
{
    /// <summary>One character of some ranges of code points.</summary>
    public sealed record Characters(IReadOnlyList<(int First, int Last)> Ranges) : RegexNode;

    /// <summary>One after the other.</summary>
    public sealed record Sequence(IReadOnlyList<RegexNode> Parts) : RegexNode;

    /// <summary>One of several.</summary>
    public sealed record Choice(IReadOnlyList<RegexNode> Alternatives) : RegexNode;

    /// <summary>The same several times; <paramref name="Most"/> null for any.</summary>
    public sealed record Repeat(RegexNode Body, int Least, int? Most) : RegexNode;

    /// <summary>The beginning of the text (<c>^</c>) or its end (<c>$</c>).</summary>
    public sealed record Anchor(bool IsEnd) : RegexNode;
}
