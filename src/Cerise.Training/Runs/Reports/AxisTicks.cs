using System.Globalization;

namespace Cerise.Training.Runs.Reports;

/// <summary>Round numbers for an axis, and short texts for them.</summary>
internal static class AxisTicks
{
    /// <summary>Multiples of 1, 2 or 5 times a power of ten within [low, high].</summary>
    /// <param name="low">Where the axis begins.</param>
    /// <param name="high">Where it ends, above <paramref name="low"/>.</param>
    /// <param name="wanted">About how many.</param>
    /// <param name="whole">Whether only whole numbers make sense, as for steps.</param>
    public static List<double> Of(double low, double high, int wanted, bool whole = false)
    {
        double rough = (high - low) / wanted;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double spacing = power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
        if (whole)
            spacing = Math.Max(1, spacing);
        var ticks = new List<double>();
        // Counted, not added up, so that rounding does not pile up.
        for (double i = Math.Ceiling((low / spacing) - 1e-9); (i * spacing) <= high + (spacing * 1e-9) && ticks.Count < 100; i++)
            ticks.Add(i == 0 ? 0 : double.Parse((i * spacing).ToString("G12", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
        return ticks;
    }

    /// <summary>A number as short as it stays readable: 0.25, 12k, 3.5M, 2e-6.</summary>
    public static string Short(double value)
    {
        double size = Math.Abs(value);
        if (!double.IsFinite(value))
            return value.ToString(CultureInfo.InvariantCulture);
        if (size >= 1e15 || (size > 0 && size < 1e-3))
        {
            string[] parts = value.ToString("0.##e0", CultureInfo.InvariantCulture).Split('e');
            return $"{parts[0]}e{parts[1]}";
        }
        (double unit, string suffix) = size switch
        {
            >= 1e12 => (1e12, "T"),
            >= 1e9 => (1e9, "G"),
            >= 1e6 => (1e6, "M"),
            >= 1e4 => (1e3, "k"),
            _ => (1, "")
        };
        return (value / unit).ToString(size < 1 ? "0.####" : size < 100 || suffix.Length > 0 ? "0.##" : "0.#", CultureInfo.InvariantCulture) + suffix;
    }
}
