using System.Text;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.PreTokenizers;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Turns tokens back into text, step by step. The "decoder" part of a tokenizer file.</summary>
internal abstract class TokenDecoder
{
    /// <summary>The tokens after this step, to be joined without anything between once all steps are done.</summary>
    public abstract List<string> Decode(List<string> tokens);

    /// <summary>Appends the bytes that a token adds to a text that has begun, which may be a part of a character.</summary>
    public virtual void AppendBytes(string token, List<byte> bytes)
    {
        // Decoders look at the tokens around: whether one is the first, the last, or like the one before. In the middle is where most are.
        const string Before = "\uE000", After = "\uE001";
        string left = string.Concat(Decode([Before])), both = string.Concat(Decode([Before, After])), all = string.Concat(Decode([Before, token, After]));
        int kept = left.Length, end = all.Length - (both.Length - left.Length);
        if (end > kept && all.StartsWith(left, StringComparison.Ordinal))
            bytes.AddRange(Encoding.UTF8.GetBytes(all[kept..end]));
    }

    /// <summary>The decoder that a node describes, or null for a null node.</summary>
    public static TokenDecoder? Read(FileNode node)
    {
        if (node.IsNull)
            return null;
        switch (node["type"].StringOr(null))
        {
            case "Sequence":
                node.AllowOnly("type", "decoders");
                return ReadSequence(node);
            case "ByteLevel":
                node.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");      // which say nothing about decoding
                return new ByteLevelDecoder();
            case "ByteFallback":
                node.AllowOnly("type");
                return new ByteFallbackDecoder();
            case "Fuse":
                node.AllowOnly("type");
                return new FuseDecoder();
            case "Replace":
                node.AllowOnly("type", "pattern", "content");
                return new ReplaceDecoder(TextPattern.Read(node["pattern"]), TextGrowth.Replacement(node["content"]));
            case "Strip":
                node.AllowOnly("type", "content", "start", "stop");
                return ReadStrip(node);
            case "Metaspace":
                return ReadMetaspace(node);
            case "BPEDecoder":
                node.AllowOnly("type", "suffix");
                return new SuffixDecoder(node["suffix"].StringOr("</w>")!);
            case "WordPiece":
                node.AllowOnly("type", "prefix", "cleanup");
                return new WordPieceDecoder(node["prefix"].StringOr("##")!, node["cleanup"].BooleanOr(true));
            case "CTC":
                node.AllowOnly("type", "pad_token", "word_delimiter_token", "cleanup");
                return new CtcDecoder(node["pad_token"].StringOr("<pad>")!, node["word_delimiter_token"].StringOr("|")!, node["cleanup"].BooleanOr(true));
            default:
                throw node.UnknownType("decoder", "Sequence", "ByteLevel", "ByteFallback", "Fuse", "Replace", "Strip", "Metaspace", "BPEDecoder", "WordPiece", "CTC");
        }
    }

    private static TokenDecoder ReadSequence(FileNode node)
    {
        TokenDecoder[] steps = [.. node["decoders"].Items().Select(step => Read(step) ?? throw step.Fail("a decoder is expected"))];
        return steps is [var only] ? only : new SequenceDecoder(steps);
    }

    private static StripDecoder ReadStrip(FileNode node)
    {
        FileNode content = node["content"];
        return content.String().Length == 1
            ? new StripDecoder(content.String()[0], node["start"].Count32(int.MaxValue), node["stop"].Count32(int.MaxValue))
            : throw content.Fail("one character is expected");
    }

    private static MetaspaceDecoder ReadMetaspace(FileNode node)
    {
        (char replacement, string scheme) = MetaspacePreTokenizer.ReadSettings(node);
        return new MetaspaceDecoder(replacement, dropsFirst: scheme != "never");
    }
}
