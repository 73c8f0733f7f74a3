namespace Cerise.Training.Evaluation;

/// <summary>Mean and standard deviation in double, summed in order.</summary>
internal static class Moments
{
    public static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
            sum += value;
        return values.Length == 0 ? 0 : sum / values.Length;
    }

    /// <summary>Standard deviation with the divisor n - <paramref name="ddof"/>; 0 where that is not positive.</summary>
    public static double Std(ReadOnlySpan<double> values, int ddof)
    {
        if (values.Length <= ddof)
            return 0;
        double mean = Mean(values), sum = 0;
        foreach (double value in values)
            sum += (value - mean) * (value - mean);
        return Math.Sqrt(sum / (values.Length - ddof));
    }

    /// <summary>Largest minus smallest; 0 for no values.</summary>
    public static double Range(ReadOnlySpan<double> values)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        return values.Length == 0 ? 0 : high - low;
    }
}
