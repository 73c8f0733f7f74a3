using Cerise.Data;
using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>Settings of stage <c>tokenizer</c>: trains a byte-level BPE tokenizer on the corpus.</summary>
public sealed record TokenizerStageOptions : IOptions
{
    /// <summary>Corpus with a <c>text</c> column: an earlier stage's file or a path.</summary>
    public string Data { get; init; } = "";

    /// <summary>Tokens in the vocabulary, the 256 bytes and special tokens included. Default 512.</summary>
    public int VocabSize { get; init; } = 512;

    /// <summary>Tokens that are never made of others; the first ends a text. Empty (default) for the end of a text alone.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>How text is split before merges are learned. Default qwen2: digits one by one.</summary>
    public BpePreTokenizer PreTokenizer { get; init; } = BpePreTokenizer.Qwen2;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        int least = 256 + Math.Max(1, SpecialTokens.Count);
        if (VocabSize < least)
            yield return $"vocab_size is {VocabSize}; use at least {least}, the bytes and the special tokens";
    }
}
