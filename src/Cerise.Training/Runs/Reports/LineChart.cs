using System.Globalization;
using System.Net;
using System.Text;

namespace Cerise.Training.Runs.Reports;

/// <summary>A chart of metrics over steps as SVG. Long noisy curves are drawn faint, with their moving mean over them.</summary>
internal static class LineChart
{
    /// <summary>How many lines a chart can tell apart.</summary>
    public const int MaxSeries = 8;

    private const double Width = 440, Height = 210, Left = 50, Right = 14, Top = 10, Bottom = 24;
    private const int MaxDrawn = 300, SmoothFrom = 40;

    /// <summary>The chart, or empty when no series has two finite points.</summary>
    public static string Render(string title, IReadOnlyList<CurveSeries> series)
    {
        CurveSeries[] drawn = [.. series.Where(line => line.Points.Count(point => double.IsFinite(point.Value)) >= 2).Take(MaxSeries)];
        if (drawn.Length == 0)
            return "";
        CurvePoint[] finite = [.. drawn.SelectMany(line => line.Points).Where(point => double.IsFinite(point.Value))];
        (double minStep, double maxStep) = (finite.Min(point => point.Step), finite.Max(point => point.Step));
        (double low, double high) = Range(finite.Min(point => point.Value), finite.Max(point => point.Value));
        if (maxStep <= minStep)
            return "";

        var svg = new StringBuilder();
        svg.Append("<figure class=\"chart\"><figcaption>").Append(WebUtility.HtmlEncode(title));
        if (drawn.Length == 1)
            svg.Append(CultureInfo.InvariantCulture, $"<span class=\"last\">{AxisTicks.Short(drawn[0].Final!.Value)}</span>");
        svg.Append("</figcaption>");
        svg.Append(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)} by step\">");
        foreach (double tick in AxisTicks.Of(low, high, 4))
        {
            string y = Number(Y(tick));
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>" +
                $"<text class=\"tick y\" x=\"{Left - 6}\" y=\"{y}\">{AxisTicks.Short(tick)}</text>");
        }
        foreach (double tick in AxisTicks.Of(minStep, maxStep, 6, whole: true))
        {
            string x = Number(X(tick));
            svg.Append(CultureInfo.InvariantCulture,
                $"<line class=\"axis\" x1=\"{x}\" x2=\"{x}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 4}\"/>" +
                $"<text class=\"tick x\" x=\"{x}\" y=\"{Height - 6}\">{AxisTicks.Short(tick)}</text>");
        }
        svg.Append(CultureInfo.InvariantCulture,
            $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>");
        for (int i = 0; i < drawn.Length; i++)
        {
            bool smooth = !drawn[i].IsExact && drawn[i].Points.Count >= SmoothFrom;
            if (smooth)
                Polyline(svg, Extremes(drawn[i].Points), $"raw s{i}");
            Polyline(svg, smooth ? Smoothed(drawn[i].Points) : Extremes(drawn[i].Points), $"line s{i}");
        }
        svg.Append("</svg>");
        if (drawn.Length > 1)
            Legend(svg, drawn, series.Count);
        return svg.Append("</figure>\n").ToString();

        double X(double step) => Left + ((step - minStep) / (maxStep - minStep) * (Width - Left - Right));
        double Y(double value) => Height - Bottom - ((value - low) / (high - low) * (Height - Top - Bottom));

        void Polyline(StringBuilder text, IReadOnlyList<CurvePoint> points, string style)
        {
            var path = new StringBuilder();
            bool joined = false;
            foreach (CurvePoint point in points)
            {
                bool isGap = !double.IsFinite(point.Value);
                if (!isGap)
                    path.Append(joined ? 'L' : 'M').Append(Number(X(point.Step))).Append(' ').Append(Number(Y(point.Value)));
                joined = !isGap;
            }
            text.Append(CultureInfo.InvariantCulture, $"<path class=\"{style}\" d=\"{path}\"/>");
        }
    }

    private static void Legend(StringBuilder svg, CurveSeries[] drawn, int all)
    {
        svg.Append("<div class=\"legend\">");
        for (int i = 0; i < drawn.Length; i++)
            svg.Append(CultureInfo.InvariantCulture,
                $"<span><i class=\"k{i}\"></i>{WebUtility.HtmlEncode(drawn[i].Name)} <b>{AxisTicks.Short(drawn[i].Final!.Value)}</b></span>");
        if (all > MaxSeries)
            svg.Append(CultureInfo.InvariantCulture, $"<span>and {all - MaxSeries} more in metrics.jsonl</span>");
        svg.Append("</div>");
    }

    private static (double Low, double High) Range(double low, double high)
    {
        double pad = high > low ? (high - low) * 0.06 : Math.Max(Math.Abs(low) * 0.1, 1e-9);
        // A curve that begins near nothing is read against zero.
        double from = low >= 0 && low - pad < (high - low) * 0.15 ? Math.Min(0, low) : low - pad;
        return (from, high + pad);
    }

    // The lowest and highest point of each stretch, so that no spike is lost when there are more points than pixels.
    private static IReadOnlyList<CurvePoint> Extremes(IReadOnlyList<CurvePoint> points)
    {
        if (points.Count <= 2 * MaxDrawn)
            return points;
        var kept = new List<CurvePoint>();
        foreach (CurvePoint[] stretch in points.Where(point => double.IsFinite(point.Value)).Chunk((points.Count + MaxDrawn - 1) / MaxDrawn))
        {
            CurvePoint lowest = stretch.MinBy(point => point.Value), highest = stretch.MaxBy(point => point.Value);
            kept.Add(lowest.Step <= highest.Step ? lowest : highest);
            if (lowest.Step != highest.Step)
                kept.Add(lowest.Step <= highest.Step ? highest : lowest);
        }
        return kept;
    }

    // Mean over a window of about a twelfth of the curve, centred, cut off at the ends.
    private static List<CurvePoint> Smoothed(IReadOnlyList<CurvePoint> points)
    {
        CurvePoint[] finite = [.. points.Where(point => double.IsFinite(point.Value))];
        double[] sums = new double[finite.Length + 1];
        for (int i = 0; i < finite.Length; i++)
            sums[i + 1] = sums[i] + finite[i].Value;
        int half = Math.Max(1, finite.Length / 25);
        int stride = Math.Max(1, finite.Length / MaxDrawn);
        var smoothed = new List<CurvePoint>();
        for (int i = 0; i < finite.Length; i += stride)
            smoothed.Add(MeanAround(i));
        if ((finite.Length - 1) % stride != 0)
            smoothed.Add(MeanAround(finite.Length - 1));
        return smoothed;

        CurvePoint MeanAround(int i)
        {
            int from = Math.Max(0, i - half), to = Math.Min(finite.Length, i + half + 1);
            return new CurvePoint(finite[i].Step, (sums[to] - sums[from]) / (to - from));
        }
    }

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
