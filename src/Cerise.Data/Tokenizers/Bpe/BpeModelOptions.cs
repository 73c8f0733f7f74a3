namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>The settings of the "model" part of a tokenizer file beside vocabulary and merges.</summary>
internal sealed record BpeModelOptions
{
    /// <summary>The id of symbols that the vocabulary lacks; null drops them.</summary>
    public int? UnknownId { get; init; }

    /// <summary>One unknown id for a run of unknown symbols rather than one each.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Symbols that the vocabulary lacks become the tokens of their UTF-8 bytes, <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>A piece that is itself a token is taken whole, whatever the merges say.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Stands before each symbol of a piece but the first; empty for none.</summary>
    public string ContinuingPrefix { get; init; } = "";

    /// <summary>Stands after the last symbol of a piece; empty for none.</summary>
    public string EndOfWordSuffix { get; init; } = "";
}
