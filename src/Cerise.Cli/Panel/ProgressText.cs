using System.Globalization;

namespace Cerise.Cli.Panel;

/// <summary>Numbers and times as a panel or a line shows them.</summary>
internal static class ProgressText
{
    /// <summary>A metric in four significant digits.</summary>
    public static string Number(double value)
    {
        double size = Math.Abs(value);
        if (!double.IsFinite(value))
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        string format = size switch
        {
            0 => "0",
            < 1e-4 => "0.##e0",
            < 1 => "0.0000",
            < 10 => "0.000",
            < 100 => "0.00",
            < 1000 => "0.0",
            < 1e6 => "#,0",
            _ => "0.##e0",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A length of time: 0:07, 12:30, 1:02:03.</summary>
    public static string Duration(TimeSpan time)
    {
        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)whole.TotalHours}:{whole.Minutes:00}:{whole.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{whole.Minutes}:{whole.Seconds:00}");
    }

    /// <summary>How fast and how long still, as far as known: "812 tokens/s, 1.4 s/step, 3:20 left".</summary>
    public static IEnumerable<string> Speed(StageMeter meter)
    {
        if (meter.TokensPerSecond is { } tokens)
            yield return string.Create(CultureInfo.InvariantCulture, $"{tokens:#,0} tokens/s");
        if (meter.SecondsPerStep is { } seconds)
            yield return seconds.ToString(seconds < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + " s/" + meter.StepName;
        if (meter.TimeLeft is { } left)
            yield return $"{Duration(left)} left";
    }

    /// <summary>How a stage ended.</summary>
    public static string Ended(StageMeter meter) => meter.Step >= meter.Steps
        ? string.Create(CultureInfo.InvariantCulture, $"{meter.Stage}: done, {meter.Count} in {Duration(meter.Elapsed)}")
        : string.Create(CultureInfo.InvariantCulture, $"{meter.Stage}: stopped after {meter.StepName} {meter.Step} of {meter.Steps}, {Duration(meter.Elapsed)}");
}
