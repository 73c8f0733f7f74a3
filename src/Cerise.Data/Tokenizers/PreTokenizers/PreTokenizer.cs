using System.Text;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>Splits text into the pieces within which the model merges. The "pre_tokenizer" part of a tokenizer file.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends the parts of a piece, in order; empty ones are left out.</summary>
    public abstract void Split(Piece piece, List<Piece> parts);

    /// <summary>Whether the model is to take the pieces' UTF-8 bytes as its symbols: the last step is ByteLevel, and spelling the bytes is left to the model.</summary>
    public virtual bool LeavesBytesToModel => false;

    /// <summary>The scanner that alone does the whole of this splitting, or null.</summary>
    public virtual PieceScanner? Scanner => null;

    /// <summary>The pre-tokenizer that a node describes, or null for a null node.</summary>
    public static PreTokenizer? Read(FileNode node) => Read(node, isLast: true);

    private static PreTokenizer? Read(FileNode node, bool isLast)
    {
        if (node.IsNull)
            return null;
        switch (node["type"].StringOr(null))
        {
            case "Sequence":
                node.AllowOnly("type", "pretokenizers");
                return ReadSequence(node, isLast);
            case "ByteLevel":
                node.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");
                return new ByteLevelPreTokenizer(node["add_prefix_space"].BooleanOr(true), node["use_regex"].BooleanOr(true), mapsBytes: !isLast);
            case "Split":
                node.AllowOnly("type", "pattern", "behavior", "invert");
                return ReadSplit(node);
            case "Digits":
                node.AllowOnly("type", "individual_digits");
                return new SplitPreTokenizer(MatchFinders.Each(CodePoints.IsNumber), node["individual_digits"].BooleanOr(false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous);
            case "Metaspace":
                return MetaspacePreTokenizer.Read(node);
            case "Whitespace":
                node.AllowOnly("type");
                return new SplitPreTokenizer(MatchFinders.WordsAndSymbols, SplitBehavior.Removed, invert: true);
            case "WhitespaceSplit":
                node.AllowOnly("type");
                return new SplitPreTokenizer(MatchFinders.Each(Rune.IsWhiteSpace), SplitBehavior.Removed);
            case "Punctuation":
                node.AllowOnly("type", "behavior");
                return new SplitPreTokenizer(MatchFinders.Each(CodePoints.IsPunctuation), ReadBehavior(node["behavior"], SplitBehavior.Isolated));
            case "BertPreTokenizer":
                node.AllowOnly("type");
                return new SequencePreTokenizer([
                    new SplitPreTokenizer(MatchFinders.Each(Rune.IsWhiteSpace), SplitBehavior.Removed),
                    new SplitPreTokenizer(MatchFinders.Each(CodePoints.IsPunctuation), SplitBehavior.Isolated)]);
            case "CharDelimiterSplit":
                node.AllowOnly("type", "delimiter");
                return new SplitPreTokenizer(TextPattern.Literal(node["delimiter"].String()).FindMatches, SplitBehavior.Removed);
            case "UnicodeScripts":
                node.AllowOnly("type");
                return new SplitPreTokenizer(MatchFinders.Scripts, SplitBehavior.Removed, invert: true);
            case "FixedLength":
                node.AllowOnly("type", "length");
                return ReadFixedLength(node["length"]);
            default:
                throw node.UnknownType("pre_tokenizer", "Sequence", "ByteLevel", "Split", "Digits", "Metaspace", "Whitespace", "WhitespaceSplit", "Punctuation",
                    "BertPreTokenizer", "CharDelimiterSplit", "UnicodeScripts", "FixedLength");
        }
    }

    private static SplitPreTokenizer ReadFixedLength(FileNode node)
    {
        int length = node.IsNull ? 5 : node.Count32(int.MaxValue);
        return length > 0 ? new SplitPreTokenizer(MatchFinders.Chunks(length), SplitBehavior.Isolated) : throw node.Fail("the length must be greater than 0");
    }

    private static SequencePreTokenizer ReadSequence(FileNode node, bool isLast)
    {
        FileNode steps = node["pretokenizers"];
        int last = steps.Count - 1;
        return new SequencePreTokenizer([.. steps.Items().Select((step, i) =>
            Read(step, isLast && i == last) ?? throw step.Fail("a pre-tokenizer is expected"))]);
    }

    private static PreTokenizer ReadSplit(FileNode node)
    {
        FileNode regex = node["pattern"].IsObject ? node["pattern"]["Regex"] : default;
        SplitBehavior behavior = ReadBehavior(node["behavior"]);
        bool invert = node["invert"].BooleanOr(false);
        if (regex.IsString && behavior == SplitBehavior.Isolated && !invert && PieceScanner.For(regex.String()) is { } scanner)
            return new ScannerPreTokenizer(scanner);
        return new SplitPreTokenizer(TextPattern.Read(node["pattern"]).FindSplits, behavior, invert)
        {
            IsolatedPattern = regex.IsString && behavior == SplitBehavior.Isolated && !invert ? regex.String() : null,
        };
    }

    private static SplitBehavior ReadBehavior(FileNode node, SplitBehavior? missing = null) => node.StringOr(null) switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        null when missing is not null => missing.Value,
        _ => throw node.Fail("the behavior is not known; known: Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous"),
    };
}
