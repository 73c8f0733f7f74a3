namespace Cerise.Models.Configs;

/// <summary>What missing keys of a family stand for, as in its transformers class, and what its rotary settings may be.</summary>
internal sealed record DecoderDefaults
{
    /// <summary><c>max_position_embeddings</c>.</summary>
    public required int MaxPositions { get; init; }

    /// <summary><c>rms_norm_eps</c>.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary><c>rope_theta</c>.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary><c>num_key_value_heads</c>, where the key is missing (not null) and it divides the query heads; null for as many as those.</summary>
    public int? KeyValueHeads { get; init; }

    /// <summary><c>original_max_position_embeddings</c>; null for none but the one among the settings of the scaling.</summary>
    public int? OriginalMaxPositions { get; init; }

    /// <summary><c>head_dim</c>; null for the hidden size over the heads.</summary>
    public int? HeadDim { get; init; }

    /// <summary><c>tie_word_embeddings</c>.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Whether a head may be rotated in part.</summary>
    public bool AllowsPartialRotary { get; init; }

    /// <summary>The kind of layer whose rotary settings are read where <c>rope_parameters</c> has some for each kind; null where it must not.</summary>
    public string? RopeLayerType { get; init; }

    /// <summary>The kind of scaling a name stands for, where the family has names of its own for one.</summary>
    public Func<string, string> RopeType { get; init; } = type => type;
}
