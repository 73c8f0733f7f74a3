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

    /// <summary>The normalizer that a node describes, or null for a null node.</summary>
    public static Normalizer? Read(FileNode node) => node.IsNull ? null : node["type"].StringOr(null) switch
    {
        "Sequence" => new SequenceNormalizer([.. node["normalizers"].Items().Select(item => Read(item) ?? throw item.Fail("a normalizer is expected"))]),
        "NFC" => new FormNormalizer(UnicodeForm.C),
        "NFD" => new FormNormalizer(UnicodeForm.D),
        "NFKC" => new FormNormalizer(UnicodeForm.KC),
        "NFKD" => new FormNormalizer(UnicodeForm.KD),
        "Lowercase" => new LowercaseNormalizer(),
        "Prepend" => new PrependNormalizer(node["prepend"].String()),
        "Replace" => new ReplaceNormalizer(TextPattern.Read(node["pattern"]), node["content"].String()),
        "Strip" => new StripNormalizer(node["strip_left"].BooleanOr(true), node["strip_right"].BooleanOr(true)),
        "StripAccents" => new StripAccentsNormalizer(),
        "ByteLevel" => new ByteLevelNormalizer(),
        _ => throw node.UnknownType("normalizer", "Sequence", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Prepend", "Replace", "Strip", "StripAccents", "ByteLevel"),
    };
}
