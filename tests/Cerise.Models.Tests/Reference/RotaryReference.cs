using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Reference;

/// <summary>Rotary frequencies from the published formulas, in another form than the engine's: wavelengths and blends instead of cases.</summary>
internal static class RotaryReference
{
    /// <summary>Radians per position of each pair of channels, and the factor on cosines and sines.</summary>
    public static (double[] Frequencies, double Scale) Of(ModelConfig config, int contextLength)
    {
        int pairs = config.RotaryDim / 2;
        double theta = config.RopeTheta;
        if (config.RopeScaling is RopeScaling.Dynamic dynamic)
            theta = StretchedBase(theta, config.RotaryDim, dynamic.Factor, contextLength / (double)config.MaxPositionEmbeddings);
        double[] slowed = new double[pairs];
        for (int i = 0; i < pairs; i++)
        {
            double wavelength = 2 * Math.PI * Math.Exp(i / (double)pairs * Math.Log(theta));
            slowed[i] = 2 * Math.PI / wavelength / Slowdown(config.RopeScaling, wavelength, i, config);
        }
        if (config.RopeScaling is RopeScaling.LongRope longRope)
            return (Divided(slowed, contextLength > longRope.OriginalMaxPositionEmbeddings ? longRope.LongFactor : longRope.ShortFactor), AttentionFactor(longRope, config));
        return (slowed, config.RopeScaling is RopeScaling.Yarn yarn ? AttentionFactor(yarn) : 1);
    }

    // How many times slower a pair turns than without scaling.
    private static double Slowdown(RopeScaling? scaling, double wavelength, int pair, ModelConfig config) => scaling switch
    {
        RopeScaling.Linear linear => linear.Factor,
        RopeScaling.Llama3 llama3 => Blend(
            llama3.Factor, Ramp(llama3.OriginalMaxPositionEmbeddings / wavelength, llama3.LowFreqFactor, llama3.HighFreqFactor)),
        RopeScaling.Yarn yarn => Blend(yarn.Factor, 1 - YarnRamp(yarn, pair, config)),
        _ => 1,
    };

    // A frequency kept by the share `kept` and divided by the factor by the rest.
    private static double Blend(double factor, double kept) => 1 / (kept + ((1 - kept) / factor));

    private static double YarnRamp(RopeScaling.Yarn yarn, int pair, ModelConfig config)
    {
        // The pair that makes `rotations` full turns over the original context: theta^(pair / pairs) = original / (2 pi rotations).
        double Pair(double rotations)
            => config.RotaryDim / 2.0 * Math.Log(yarn.OriginalMaxPositionEmbeddings / (2 * Math.PI * rotations), config.RopeTheta);
        (double first, double last) = (Pair(yarn.BetaFast), Pair(yarn.BetaSlow));
        if (yarn.Truncate)
            (first, last) = (Math.Floor(first), Math.Ceiling(last));
        (first, last) = (Math.Max(first, 0), Math.Min(last, config.RotaryDim - 1));
        return Ramp(pair, first, last == first ? last + 0.001 : last);
    }

    private static double Ramp(double x, double from, double to) => Math.Min(1, Math.Max(0, (x - from) / (to - from)));

    private static double StretchedBase(double theta, int headDim, double factor, double stretch)
        => stretch <= 1 ? theta : theta * Math.Exp(Math.Log((factor * stretch) - factor + 1) * headDim / (headDim - 2));

    private static double AttentionFactor(RopeScaling.Yarn yarn)
    {
        double Of(double mscale) => yarn.Factor > 1 ? 1 + (mscale * Math.Log10(yarn.Factor) * Math.Log(10) / 10) : 1;
        if (yarn.AttentionFactor is { } given)
            return given;
        return yarn is { Mscale: not (null or 0), MscaleAllDim: not (null or 0) } ? Of(yarn.Mscale.Value) / Of(yarn.MscaleAllDim.Value) : Of(1);
    }

    private static double[] Divided(double[] frequencies, IReadOnlyList<double> divisors) => [.. frequencies.Zip(divisors, (frequency, divisor) => frequency / divisor)];

    // Attention stays as sharp in a stretched context: sqrt(ln(original * factor) / ln(original)).
    private static double AttentionFactor(RopeScaling.LongRope longRope, ModelConfig config)
    {
        double original = longRope.OriginalMaxPositionEmbeddings;
        double factor = longRope.Factor ?? (config.MaxPositionEmbeddings / original);
        return longRope.AttentionFactor ?? (factor > 1 ? Math.Sqrt(Math.Log(original * factor) / Math.Log(original)) : 1);
    }
}
