using System.Globalization;
using System.Text;

namespace Cerise.Training.Runs.Reports;

/// <summary>Samples of a stage at several steps side by side, to see what training did to the completions.</summary>
internal static class SampleColumns
{
    private const int Columns = 4, Rows = 3;

    /// <summary>Writes the section.</summary>
    /// <param name="page">The page.</param>
    /// <param name="stage">A stage with samples.</param>
    /// <param name="evaluation">Where the stage evaluates, its table: the models whose samples they are.</param>
    public static void Render(StringBuilder page, StageRecords stage, EvaluationTable? evaluation)
    {
        IReadOnlyList<long> steps = stage.SampledSteps;
        long[] shown = [.. Enumerable.Range(0, Columns)
            .Select(i => steps[(int)Math.Round(i * (steps.Count - 1) / (Columns - 1.0), MidpointRounding.AwayFromZero)]).Distinct()];
        page.Append(CultureInfo.InvariantCulture, $"<h2>Samples of {ReportPage.Escape(stage.Name)}</h2>\n<div class=\"samples\">\n");
        foreach (long step in shown)
        {
            page.Append(CultureInfo.InvariantCulture, $"<div><div class=\"step\">{ReportPage.Escape(Title(step))}</div>\n");
            foreach (SampleRow sample in Chosen(stage.Samples(step)))
                Card(page, sample);
            page.Append("</div>\n");
        }
        page.Append("</div>\n");

        string Title(long step) => stage.IsTraining ? string.Create(CultureInfo.InvariantCulture, $"step {step}")
            : step >= 1 && step <= evaluation?.Rows.Count ? evaluation.Rows[(int)step - 1].Model
            : string.Create(CultureInfo.InvariantCulture, $"model {step}");
    }

    // One of each prompt first, then more of the first ones.
    private static IEnumerable<SampleRow> Chosen(IReadOnlyList<SampleRow> samples)
    {
        SampleRow[] different = [.. samples.DistinctBy(sample => sample.Prompt)];
        return different.Concat(samples.Where(sample => !different.Any(shown => ReferenceEquals(shown, sample)))).Take(Rows);
    }

    private static void Card(StringBuilder page, SampleRow sample)
    {
        page.Append(CultureInfo.InvariantCulture,
            $"<article><div class=\"said prompt\">{ReportPage.Escape(sample.Prompt.Trim())}</div>" +
            $"<div class=\"said\">{ReportPage.Escape(sample.Completion.Trim())}</div><div class=\"chips\">");
        foreach ((string name, double? value) in sample.Rewards)
            Chip(page, name, value is { } reward ? AxisTicks.Short(reward) : "no score", "");
        if (sample.Reward is { } total)
            Chip(page, "reward", AxisTicks.Short(total), "");
        if (sample.Advantage is { } advantage)
            Chip(page, "advantage", (advantage > 0 ? "+" : "") + AxisTicks.Short(advantage), advantage > 0 ? "up" : advantage < 0 ? "down" : "");
        if (sample.Tokens is { } tokens)
            Chip(page, "tokens", tokens.ToString(CultureInfo.InvariantCulture), "");
        if (sample.FinishReason is { } reason)
            Chip(page, "end", reason, "");
        page.Append("</div></article>\n");
    }

    private static void Chip(StringBuilder page, string name, string value, string style) =>
        page.Append(CultureInfo.InvariantCulture, $"<span class=\"{style}\">{ReportPage.Escape(name)} <b>{ReportPage.Escape(value)}</b></span>");
}
