using System.Globalization;
using System.Net;
using System.Text;
using Cerise.Training.Runs.Reports;

namespace Cerise.Training.Benchmarks.Pages;

/// <summary>Measured curves as an SVG picture that stands alone, for a page in Markdown.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="XLabel">The size that grows.</param>
/// <param name="YLabel">What was measured.</param>
/// <param name="Series">The curves; points by ascending x.</param>
internal sealed record CurvePicture(string Title, string XLabel, string YLabel, IReadOnlyList<CurveSeries> Series)
{
    private const double Width = 680, Height = 300, Left = 64, Right = 170, Top = 40, Bottom = 52;
    private static readonly string[] Colors = ["#b3123f", "#1f6fb2", "#2e8540", "#b8860b"];

    /// <summary>Whether equal distances are equal factors, on x.</summary>
    public bool IsLogarithmicX { get; init; } = true;

    /// <summary>The same on y; from zero otherwise.</summary>
    public bool IsLogarithmicY { get; init; }

    /// <summary>The picture; the same curves give the same bytes.</summary>
    public string Render()
    {
        CurvePoint[] points = [.. Series.SelectMany(line => line.Points)];
        (double minX, double maxX) = (points.Min(point => point.Step), points.Max(point => point.Step));
        (double minY, double maxY) = IsLogarithmicY
            ? (points.Min(point => point.Value) * 0.8, points.Max(point => point.Value) * 1.25) : (0, points.Max(point => point.Value) * 1.08);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"12\">\n" +
            $"<title>{Escape(Title)}</title>\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n" +
            $"<text x=\"{Left}\" y=\"20\" font-size=\"14\" fill=\"#222\">{Escape(Title)}</text>\n" +
            $"<text x=\"{Number((Left + Width - Right) / 2)}\" y=\"{Height - 12}\" text-anchor=\"middle\" fill=\"#555\">{Escape(XLabel)}</text>\n" +
            $"<text x=\"{Left - 48}\" y=\"{Top - 8}\" fill=\"#555\">{Escape(YLabel)}</text>\n");
        foreach (double tick in IsLogarithmicY ? Decades(minY, maxY) : AxisTicks.Of(minY, maxY, 5))
            svg.Append(CultureInfo.InvariantCulture,
                $"<line x1=\"{Left}\" y1=\"{Number(Y(tick))}\" x2=\"{Width - Right}\" y2=\"{Number(Y(tick))}\" stroke=\"#e5e5e5\"/>" +
                $"<text x=\"{Left - 6}\" y=\"{Number(Y(tick) + 4)}\" text-anchor=\"end\" fill=\"#555\">{AxisTicks.Short(tick)}</text>\n");
        foreach (double tick in points.Select(point => point.Step).Distinct().Order())
            svg.Append(CultureInfo.InvariantCulture,
                $"<text x=\"{Number(X(tick))}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\" fill=\"#555\">{AxisTicks.Short(tick)}</text>\n");
        for (int i = 0; i < Series.Count; i++)
            Curve(svg, i);
        return svg.Append("</svg>\n").ToString();

        double X(double x) => Left + (Along(x, minX, maxX, IsLogarithmicX) * (Width - Left - Right));

        double Y(double y) => Height - Bottom - (Along(y, minY, maxY, IsLogarithmicY) * (Height - Top - Bottom));

        void Curve(StringBuilder text, int i)
        {
            CurveSeries line = Series[i];
            string color = Colors[i % Colors.Length], dashes = line.IsExact ? " stroke-dasharray=\"5 4\"" : "";
            string path = string.Join(' ', line.Points.Select(point => $"{Number(X(point.Step))},{Number(Y(point.Value))}"));
            text.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"{dashes}/>\n");
            foreach (CurvePoint point in line.IsExact ? [] : line.Points)
                text.Append(CultureInfo.InvariantCulture,
                    $"<circle cx=\"{Number(X(point.Step))}\" cy=\"{Number(Y(point.Value))}\" r=\"3\" fill=\"{color}\"/>\n");
            double legend = Top + 8 + (i * 20);
            text.Append(CultureInfo.InvariantCulture,
                $"<line x1=\"{Width - Right + 12}\" y1=\"{Number(legend)}\" x2=\"{Width - Right + 32}\" y2=\"{Number(legend)}\" stroke=\"{color}\" stroke-width=\"2\"{dashes}/>" +
                $"<text x=\"{Width - Right + 38}\" y=\"{Number(legend + 4)}\" fill=\"#222\">{Escape(line.Name)}</text>\n");
        }
    }

    // Where a value lies between both ends, in [0, 1].
    private static double Along(double value, double low, double high, bool logarithmic) => high <= low ? 0.5
        : logarithmic ? Math.Log(value / low) / Math.Log(high / low) : (value - low) / (high - low);

    // 1, 2 and 5 times powers of ten.
    private static IEnumerable<double> Decades(double low, double high)
    {
        for (double power = Math.Pow(10, Math.Floor(Math.Log10(low))); power <= high; power *= 10)
            foreach (int factor in (int[])[1, 2, 5])
                if (power * factor >= low && power * factor <= high)
                    yield return power * factor;
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
