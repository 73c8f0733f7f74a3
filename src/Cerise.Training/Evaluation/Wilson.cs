namespace Cerise.Training.Evaluation;

/// <summary>Wilson's score interval for a share (Wilson 1927): right even for few problems and for shares near 0 and 1, where the usual one fails.</summary>
public static class Wilson
{
    /// <summary>The 97.5 % point of the normal distribution: the default, an interval of 95 %.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>The interval for <paramref name="correct"/> of <paramref name="total"/>.</summary>
    /// <param name="correct">From 0 to <paramref name="total"/>.</param>
    /// <param name="total">At least 1.</param>
    /// <param name="z">How many normal deviations the interval reaches to each side.</param>
    public static Interval Of(int correct, int total, double z = Z95)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, total);
        double n = total, share = correct / n, z2 = z * z;
        double centre = (share + (z2 / (2 * n))) / (1 + (z2 / n));
        double half = z / (1 + (z2 / n)) * Math.Sqrt((share * (1 - share) / n) + (z2 / (4 * n * n)));
        return new Interval(correct == 0 ? 0 : centre - half, correct == total ? 1 : centre + half);
    }
}
