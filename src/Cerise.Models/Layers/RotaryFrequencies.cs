using Cerise.Models.Configs;

namespace Cerise.Models.Layers;

/// <summary>Frequencies of rotary position embedding, plain and stretched, as Hugging Face's transformers computes them.</summary>
internal static class RotaryFrequencies
{
    /// <summary>Angle per position of each pair of channels, and the factor on cosines and sines.</summary>
    /// <param name="rotary">Base, channels and scaling.</param>
    /// <param name="contextLength">
    /// Tokens of the longest sequence the model is used for: only the dynamic scaling and longrope depend on it. It is fixed for a loaded model, because a frequency that changed
    /// with each sequence's length would make a token's log-probability depend on what comes after it.
    /// </param>
    public static (double[] Frequencies, double Scale) Of(RotaryDesign rotary, int contextLength)
    {
        (double theta, int dim, RopeScaling? scaling) = rotary;
        return scaling switch
        {
            null => (Plain(theta, dim), 1),
            RopeScaling.Linear linear => ([.. Plain(theta, dim).Select(f => f / linear.Factor)], 1),
            RopeScaling.Dynamic dynamic => (Plain(DynamicTheta(rotary, dynamic, contextLength), dim), 1),
            RopeScaling.Llama3 llama3 => ([.. Plain(theta, dim).Select(f => Llama3(f, llama3))], 1),
            RopeScaling.Yarn yarn => Yarn(rotary, yarn),
            RopeScaling.LongRope longRope => LongRope(rotary, longRope, contextLength),
            _ => throw new NotSupportedException($"rope scaling '{scaling.RopeType}'"),
        };
    }

    private static double[] Plain(double theta, int dim)
    {
        double[] frequencies = new double[dim / 2];
        for (int i = 0; i < frequencies.Length; i++)
            frequencies[i] = Math.Pow(theta, -2.0 * i / dim);
        return frequencies;
    }

    // NTK-aware scaling: a larger base once the context exceeds what the model was trained on.
    private static double DynamicTheta(RotaryDesign rotary, RopeScaling.Dynamic dynamic, int contextLength)
    {
        double length = Math.Max(contextLength, rotary.MaxPositions);
        double stretch = (dynamic.Factor * length / rotary.MaxPositions) - (dynamic.Factor - 1);
        return rotary.Theta * Math.Pow(stretch, rotary.Dim / (rotary.Dim - 2.0));
    }

    // Llama 3.1: long waves are slowed by the factor, short ones kept, those between blended.
    private static double Llama3(double frequency, RopeScaling.Llama3 scaling)
    {
        double wavelength = 2 * Math.PI / frequency;
        double longest = scaling.OriginalMaxPositionEmbeddings / scaling.LowFreqFactor;
        double shortest = scaling.OriginalMaxPositionEmbeddings / scaling.HighFreqFactor;
        if (wavelength < shortest)
            return frequency;
        if (wavelength > longest)
            return frequency / scaling.Factor;
        double smooth = ((scaling.OriginalMaxPositionEmbeddings / wavelength) - scaling.LowFreqFactor) / (scaling.HighFreqFactor - scaling.LowFreqFactor);
        return ((1 - smooth) * frequency / scaling.Factor) + (smooth * frequency);
    }

    // YaRN (Peng et al. 2023, arXiv:2309.00071): a ramp over pairs from extrapolated to interpolated, and a softmax temperature.
    private static (double[] Frequencies, double Scale) Yarn(RotaryDesign rotary, RopeScaling.Yarn yarn)
    {
        int dim = rotary.Dim;
        double low = CorrectionPair(yarn.BetaFast, rotary, yarn);
        double high = CorrectionPair(yarn.BetaSlow, rotary, yarn);
        if (yarn.Truncate)
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, dim - 1);
        if (low == high)
            high += 0.001;
        double[] frequencies = Plain(rotary.Theta, dim);
        for (int i = 0; i < frequencies.Length; i++)
        {
            double ramp = Math.Clamp((i - low) / (high - low), 0, 1);
            frequencies[i] = (frequencies[i] / yarn.Factor * ramp) + (frequencies[i] * (1 - ramp));
        }
        double scale = yarn.AttentionFactor
            ?? (yarn.Mscale is { } mscale && mscale != 0 && yarn.MscaleAllDim is { } all && all != 0 ? Mscale(yarn.Factor, mscale) / Mscale(yarn.Factor, all) : Mscale(yarn.Factor, 1));
        return (frequencies, scale);
    }

    // LongRoPE (Ding et al. 2024, arXiv:2402.13753).
    private static (double[] Frequencies, double Scale) LongRope(RotaryDesign rotary, RopeScaling.LongRope longRope, int contextLength)
    {
        int original = longRope.OriginalMaxPositionEmbeddings;
        IReadOnlyList<double> divisors = contextLength > original ? longRope.LongFactor : longRope.ShortFactor;
        double factor = longRope.Factor ?? ((double)rotary.MaxPositions / original);
        double scale = longRope.AttentionFactor ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original))));
        return ([.. Plain(rotary.Theta, rotary.Dim).Select((frequency, pair) => frequency / divisors[pair])], scale);
    }

    private static double CorrectionPair(double rotations, RotaryDesign rotary, RopeScaling.Yarn yarn) =>
        rotary.Dim * Math.Log(yarn.OriginalMaxPositionEmbeddings / (rotations * 2 * Math.PI)) / (2 * Math.Log(rotary.Theta));

    private static double Mscale(double factor, double mscale) => factor <= 1 ? 1 : (0.1 * mscale * Math.Log(factor)) + 1;
}
