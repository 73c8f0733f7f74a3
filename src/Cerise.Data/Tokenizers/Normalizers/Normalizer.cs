using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Changes text before it is split, so that texts that mean the same get the same ids. The "normalizer" part of a tokenizer file.</summary>
internal abstract class Normalizer
{
    /// <summary>The normalized text; the same instance where nothing changes.</summary>
    public abstract TrackedText Normalize(TrackedText text);

    /// <summary>The same without keeping track of where the text comes from.</summary>
    public string Normalize(string text) => Normalize(new TrackedText(text, null)).Text;

    /// <summary>The normalizer that a node describes, or null for a null node and for an empty table of replacements.</summary>
    public static Normalizer? Read(FileNode node)
    {
        if (node.IsNull)
            return null;
        switch (node["type"].StringOr(null))
        {
            case "Sequence":
                node.AllowOnly("type", "normalizers");
                return new SequenceNormalizer([.. node["normalizers"].Items().Where(item => !item.IsNull ? true : throw item.Fail("a normalizer is expected")).Select(Read).OfType<Normalizer>()]);
            case "Prepend":
                node.AllowOnly("type", "prepend");
                return new PrependNormalizer(node["prepend"].String());
            case "Replace":
                node.AllowOnly("type", "pattern", "content");
                return new ReplaceNormalizer(TextPattern.Read(node["pattern"]), TextGrowth.Replacement(node["content"]));
            case "Strip":
                node.AllowOnly("type", "strip_left", "strip_right");
                return new StripNormalizer(node["strip_left"].BooleanOr(true), node["strip_right"].BooleanOr(true));
            case "BertNormalizer":
                node.AllowOnly("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase");
                bool lowercase = node["lowercase"].BooleanOr(true);
                return new BertNormalizer(node["clean_text"].BooleanOr(true), node["handle_chinese_chars"].BooleanOr(true), node["strip_accents"].BooleanOr(lowercase), lowercase);
            case "Precompiled":
                node.AllowOnly("type", "precompiled_charsmap");
                return ReadPrecompiled(node["precompiled_charsmap"]);
            default:
                return ReadPlain(node);
        }
    }

    private static Normalizer ReadPlain(FileNode node)
    {
        Normalizer? normalizer = node["type"].StringOr(null) switch
        {
            "NFC" => new FormNormalizer(UnicodeForm.C),
            "NFD" => new FormNormalizer(UnicodeForm.D),
            "NFKC" => new FormNormalizer(UnicodeForm.KC),
            "NFKD" => new FormNormalizer(UnicodeForm.KD),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new StripAccentsNormalizer(),
            "ByteLevel" => new ByteLevelNormalizer(),
            "Nmt" => new NmtNormalizer(),
            _ => throw node.UnknownType("normalizer", "Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace", "Strip", "StripAccents",
                "ByteLevel", "BertNormalizer", "Precompiled", "Nmt"),
        };
        node.AllowOnly("type");
        return normalizer;
    }

    /// <summary>The table is written in base64, or as an array of bytes.</summary>
    private static PrecompiledNormalizer? ReadPrecompiled(FileNode node)
    {
        if (node.IsNull || (node.IsString && node.String().Length == 0))
            return null;
        try
        {
            return new PrecompiledNormalizer(node.IsArray ? [.. node.Items().Select(item => (byte)item.Count32(255))] : Convert.FromBase64String(node.String()));
        }
        catch (FormatException e)
        {
            throw node.Fail($"not a table of replacements in base64: {e.Message}", e);
        }
    }
}
