using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Normalizers;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>SentencePiece's step: spaces become a visible character, which may also be put before the text and begins a new piece.</summary>
internal sealed class MetaspacePreTokenizer : PreTokenizer
{
    private readonly char _replacement;
    private readonly string _prependScheme;
    private readonly bool _split;
    private readonly SplitPreTokenizer _splitter;

    private MetaspacePreTokenizer(char replacement, string prependScheme, bool split)
    {
        (_replacement, _prependScheme, _split) = (replacement, prependScheme, split);
        _splitter = new SplitPreTokenizer(TextPattern.Literal(replacement.ToString()).FindMatches, SplitBehavior.MergedWithNext);
    }

    public static new MetaspacePreTokenizer Read(FileNode node)
    {
        (char replacement, string scheme) = ReadSettings(node);
        return new MetaspacePreTokenizer(replacement, scheme, node["split"].BooleanOr(true));
    }

    /// <summary>The replacement character and the scheme (always, first or never), which older files write as add_prefix_space.</summary>
    public static (char Replacement, string PrependScheme) ReadSettings(FileNode node)
    {
        node.AllowOnly("type", "replacement", "add_prefix_space", "prepend_scheme", "split", "str_rep");
        FileNode replacement = node["replacement"], scheme = node["prepend_scheme"];
        if (replacement.String().Length != 1)
            throw replacement.Fail("one character is expected");
        bool addPrefix = node["add_prefix_space"].BooleanOr(true);
        string name = scheme.StringOr(addPrefix ? "always" : "never")!;
        return name is "always" or "first" or "never" ? (replacement.String()[0], name)
            : throw scheme.Fail("the scheme is not known; known: always, first, never");
    }

    public override void Split(Piece piece, List<Piece> parts)
    {
        TrackedText text = piece.Detach();
        text = text.WithSameOrigins(text.Text.Replace(' ', _replacement));
        bool prepend = _prependScheme == "always" || (_prependScheme == "first" && piece.AtStart);
        Piece replaced = piece.With(prepend && !text.Text.StartsWith(_replacement) ? PrependNormalizer.Prepend(text, _replacement.ToString()) : text);
        if (_split)
            _splitter.Split(replaced, parts);
        else
            parts.Add(replaced);
    }
}
