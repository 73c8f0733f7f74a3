namespace Cerise.Cli.Panel;

/// <summary>A curve in one line of text.</summary>
internal static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";
    private const string Ascii = "_.-=+*#@";

    /// <summary>The curve squeezed into a width: each character is the mean of a stretch, scaled between the lowest and highest of them.</summary>
    /// <param name="values">The curve; values that are not finite are left out.</param>
    /// <param name="width">Characters at most.</param>
    /// <param name="unicode">Whether the terminal shows block characters.</param>
    public static string Draw(IReadOnlyList<double> values, int width, bool unicode)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        if (finite.Length == 0 || width < 1)
            return "";
        int columns = Math.Min(width, finite.Length);
        double[] means = new double[columns];
        for (int i = 0; i < columns; i++)
        {
            int from = (int)((long)i * finite.Length / columns), to = (int)((long)(i + 1) * finite.Length / columns);
            means[i] = finite.AsSpan(from, to - from).ToArray().Average();
        }
        (double low, double high) = (means.Min(), means.Max());
        string levels = unicode ? Blocks : Ascii;
        return string.Create(columns, (means, low, high, levels), static (text, state) =>
        {
            for (int i = 0; i < text.Length; i++)
            {
                double share = state.high > state.low ? (state.means[i] - state.low) / (state.high - state.low) : 0;
                text[i] = state.levels[(int)Math.Round(share * (state.levels.Length - 1))];
            }
        });
    }
}
