using System.Globalization;

namespace Cerise.Training.Runs;

/// <summary>How shares are written for people, the same in the terminal and on pages.</summary>
public static class PercentText
{
    /// <summary>A share in [0, 1] in percent with one digit, such as "93.5 %"; halves are rounded up, as by hand. What is no such number is "-".</summary>
    public static string Of(double share)
        => Math.Abs(share) <= 1 ? Math.Round((decimal)share * 100, 1, MidpointRounding.AwayFromZero).ToString("0.0", CultureInfo.InvariantCulture) + " %" : "-";
}
