namespace Cerise.Models.Configs;

/// <summary>How rotary frequencies are stretched beyond the context a model was first trained on; null where they are not.</summary>
/// <remarks>One record a kind, with the parameters of Hugging Face's <c>rope_scaling</c> of that <c>rope_type</c>.</remarks>
public abstract record RopeScaling
{
    private RopeScaling()
    {
    }

    /// <summary>The name in <c>rope_type</c>.</summary>
    public abstract string RopeType { get; }

    /// <summary>Positions divided by a factor (Chen et al. 2023, arXiv:2306.15595).</summary>
    /// <param name="Factor">At least 1.</param>
    public sealed record Linear(double Factor) : RopeScaling
    {
        /// <inheritdoc/>
        public override string RopeType => "linear";
    }

    /// <summary>NTK-aware: theta grows with the length once it exceeds the config's <c>max_position_embeddings</c>.</summary>
    /// <param name="Factor">At least 1.</param>
    public sealed record Dynamic(double Factor) : RopeScaling
    {
        /// <inheritdoc/>
        public override string RopeType => "dynamic";
    }

    /// <summary>Llama 3.1: low frequencies divided by a factor, high ones kept, those between blended.</summary>
    /// <param name="Factor">At least 1.</param>
    /// <param name="LowFreqFactor">Wavelengths above the original context divided by this are divided in full.</param>
    /// <param name="HighFreqFactor">Wavelengths below the original context divided by this are kept; above <paramref name="LowFreqFactor"/>.</param>
    /// <param name="OriginalMaxPositionEmbeddings">Tokens of the original context.</param>
    public sealed record Llama3(double Factor, double LowFreqFactor, double HighFreqFactor, int OriginalMaxPositionEmbeddings) : RopeScaling
    {
        /// <inheritdoc/>
        public override string RopeType => "llama3";
    }

    /// <summary>LongRoPE (Ding et al. 2024, arXiv:2402.13753): a divisor for each pair of channels, other ones beyond the original context.</summary>
    /// <remarks>
    /// transformers takes the long divisors for sequences longer than the original context, the short ones else. Here it is settled when a model is loaded, by the
    /// context it is used for: what follows a token must not change its log-probability.
    /// </remarks>
    /// <param name="ShortFactor">Divisors within the original context, one a pair of rotated channels.</param>
    /// <param name="LongFactor">Divisors in a longer context, as many.</param>
    /// <param name="OriginalMaxPositionEmbeddings">Tokens of the original context, at least 2.</param>
    public sealed record LongRope(IReadOnlyList<double> ShortFactor, IReadOnlyList<double> LongFactor, int OriginalMaxPositionEmbeddings) : RopeScaling
    {
        /// <inheritdoc/>
        public override string RopeType => "longrope";

        /// <summary>How many times the context was stretched; null for the config's <c>max_position_embeddings</c> over the original.</summary>
        public double? Factor { get; init; }

        /// <summary>Factor on cosines and sines; null for the default, sqrt(1 + ln(factor) / ln(original)), 1 for a factor up to 1.</summary>
        public double? AttentionFactor { get; init; }

        /// <inheritdoc/>
        public bool Equals(LongRope? other) => other is not null
            && ShortFactor.SequenceEqual(other.ShortFactor) && LongFactor.SequenceEqual(other.LongFactor)
            && (OriginalMaxPositionEmbeddings, Factor, AttentionFactor) == (other.OriginalMaxPositionEmbeddings, other.Factor, other.AttentionFactor);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(OriginalMaxPositionEmbeddings, Factor, AttentionFactor, ShortFactor.Count);
    }

    /// <summary>YaRN (Peng et al. 2023, arXiv:2309.00071): frequencies blended by a ramp over dimensions, attention scaled.</summary>
    /// <param name="Factor">At least 1.</param>
    /// <param name="OriginalMaxPositionEmbeddings">Tokens of the original context; the config's <c>max_position_embeddings</c> unless given.</param>
    public sealed record Yarn(double Factor, int OriginalMaxPositionEmbeddings) : RopeScaling
    {
        /// <inheritdoc/>
        public override string RopeType => "yarn";

        /// <summary>Rotations in the original context above which a dimension is kept as it is. Default 32, the paper's for Llama.</summary>
        public double BetaFast { get; init; } = 32;

        /// <summary>Rotations in the original context below which a dimension is divided in full. Default 1, the paper's for Llama.</summary>
        public double BetaSlow { get; init; } = 1;

        /// <summary>
        /// Factor on cosines and sines; null for the default: 0.1 ln(factor) + 1, or from <see cref="Mscale"/> and
        /// <see cref="MscaleAllDim"/> when both are given.
        /// </summary>
        public double? AttentionFactor { get; init; }

        /// <summary>DeepSeek's numerator: (0.1 mscale ln(factor) + 1).</summary>
        public double? Mscale { get; init; }

        /// <summary>DeepSeek's denominator: (0.1 mscale_all_dim ln(factor) + 1).</summary>
        public double? MscaleAllDim { get; init; }

        /// <summary>Whether the borders of the ramp are rounded outwards to whole dimensions. Default true, as in transformers.</summary>
        public bool Truncate { get; init; } = true;
    }
}
