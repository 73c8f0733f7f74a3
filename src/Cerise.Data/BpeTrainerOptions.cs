using Cerise.Data.Tokenizers.Bpe;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data;

/// <summary>What <see cref="BpeTrainer"/> learns.</summary>
public sealed record BpeTrainerOptions
{
    /// <summary>The token that ends a text in GPT-2 and its descendants.</summary>
    private const string EndOfText = "<|endoftext|>";

    /// <summary>Tokens to end with: special tokens, 256 bytes, and merges for the rest. Fewer result where the text has no more pairs that are frequent enough.</summary>
    /// <remarks>Default 8192, enough for a few megabytes of text; at least 256 and the special tokens.</remarks>
    public int VocabSize { get; init; } = 8192;

    /// <summary>A pair must occur so often to be merged. Default 2: what occurs once teaches nothing. At least 1.</summary>
    public long MinFrequency { get; init; } = 2;

    /// <summary>Tokens that are never made of others, in the order of their ids, which begin at 0. Default the end of a text alone.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [EndOfText];

    /// <summary>How text is split into the pieces within which pairs are merged. Default <see cref="BpePreTokenizer.Qwen2"/>, whose single digits suit arithmetic.</summary>
    public BpePreTokenizer PreTokenizer { get; init; } = BpePreTokenizer.Qwen2;

    /// <summary>The special token that begins a text, for tokenizer_config.json; null (the default) for none.</summary>
    public string? BosToken { get; init; }

    /// <summary>The special token that ends a text, for tokenizer_config.json; null for none. Default <c>&lt;|endoftext|&gt;</c>.</summary>
    public string? EosToken { get; init; } = EndOfText;

    /// <summary>The special token that fills a batch, for tokenizer_config.json; null (the default) for none, as packed batches need none.</summary>
    public string? PadToken { get; init; }

    /// <summary>Throws one exception that names every fault.</summary>
    /// <exception cref="TokenizerException">A setting is out of range.</exception>
    public void Validate()
    {
        List<string> faults = [];
        int least = 256 + SpecialTokens.Count;
        if (VocabSize < least)
            faults.Add($"VocabSize is {VocabSize}; {least} or more are needed for the 256 bytes and {SpecialTokens.Count} special tokens");
        if (MinFrequency < 1)
            faults.Add($"MinFrequency is {MinFrequency}; it must be 1 or more");
        if (!Enum.IsDefined(PreTokenizer))
            faults.Add($"PreTokenizer {PreTokenizer} is not known; known: {string.Join(", ", Enum.GetNames<BpePreTokenizer>())}");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string token in SpecialTokens)
        {
            if (string.IsNullOrEmpty(token) || (token.Length == 1 && ByteLevelAlphabet.ByteOf(token[0]) >= 0))
                faults.Add($"the special token '{token}' is empty or a single byte; give it a longer name, such as <|{token}|>");
            else if (!ReferenceEquals(CodePoints.WellFormed(token), token))
                faults.Add($"the special token '{token}' holds half a surrogate pair");
            else if (!seen.Add(token))
                faults.Add($"the special token '{token}' is listed twice");
        }
        foreach ((string name, string? token) in new[] { (nameof(BosToken), BosToken), (nameof(EosToken), EosToken), (nameof(PadToken), PadToken) })
            if (token is not null && !seen.Contains(token))
                faults.Add($"{name} '{token}' is not among the special tokens ({string.Join(", ", SpecialTokens)}); add it there or set {name} to null");
        if (faults.Count > 0)
            throw new TokenizerException($"the tokenizer cannot be trained: {string.Join("; ", faults)}");
    }
}
