using System.Globalization;
using System.Net;
using System.Text;
using Cerise.Training.Recipes;

namespace Cerise.Training.Runs.Reports;

/// <summary>The page of a report, section by section. Whatever comes from the run is escaped.</summary>
internal static class ReportPage
{
    private static readonly string[] FinalMetrics = ["loss", "reward", "kl", "entropy", "completions/mean_length"];

    public static string Render(string folder)
    {
        RunRecords records = RunRecords.Read(folder);
        RunProgress progress = RunProgress.Read(folder);
        string recipe = ReadText(Path.Combine(folder, RunFolder.RecipeFile));
        (string title, string description) = Titles(recipe, folder);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>" +
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        page.Append(CultureInfo.InvariantCulture,
            $"<title>{Escape(title)} - Cerise</title>\n<style>\n{ReportStyle.Css}\n</style></head>\n<body><main>\n");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Escape(title)}</h1>\n");
        if (description.Length > 0)
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"lead\">{Escape(description)}</p>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"lead\">{Escape(progress.ToString())}</p>\n");
        IReadOnlyList<EvaluationTable> evaluations = EvaluationTable.Read(folder);
        foreach (EvaluationTable table in evaluations)
            Evaluation(page, table);
        Summary(page, records, progress, RunJson.Read<List<StageTime>>(Path.Combine(folder, RunFolder.TimingsFile)) ?? []);
        foreach (StageRecords stage in records.Stages)
            Curves(page, stage);
        foreach (StageRecords stage in records.Stages.Where(stage => stage.SampledSteps.Count > 0))
            SampleColumns.Render(page, stage, evaluations.FirstOrDefault(table => table.Stage == stage.Name));
        Sources(page, folder, recipe);
        return page.Append("</main></body></html>\n").ToString();
    }

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Evaluation(StringBuilder page, EvaluationTable table)
    {
        if (table.Rows.Count == 0)
            return;
        bool showsForm = table.Rows.Any(row => row.WellFormed is not null);
        string task = table.Task.Length > 0 ? $": {table.Task}" : "";
        page.Append(CultureInfo.InvariantCulture,
            $"<h2>Evaluation{Escape(task)}</h2>\n<div class=\"scroll\"><table><tr><th>model</th><th>accuracy</th>" +
            $"<th>95 % interval</th><th></th><th>problems</th><th>mean length</th>{(showsForm ? "<th>well-formed</th>" : "")}</tr>\n");
        foreach (EvaluationRow row in table.Rows)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Escape(row.Model)}</td><td><b>{PercentText.Of(row.Accuracy)}</b></td>" +
                $"<td class=\"interval\">{PercentText.Of(row.Low)} to {PercentText.Of(row.High)}</td><td>{Bar(row)}</td>");
            page.Append(CultureInfo.InvariantCulture,
                $"<td>{row.Problems}</td><td>{row.MeanLength:0.0}</td>{(showsForm ? $"<td>{(row.WellFormed is { } share ? PercentText.Of(share) : "-")}</td>" : "")}</tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private static string Bar(EvaluationRow row) => string.Create(CultureInfo.InvariantCulture,
        $"<svg viewBox=\"0 0 160 14\" style=\"width:160px\" role=\"img\" aria-label=\"accuracy\">" +
        $"<rect class=\"bar-bg\" width=\"160\" height=\"14\" rx=\"3\"/>" +
        $"<rect class=\"bar\" width=\"{160 * row.Accuracy:0.#}\" height=\"14\" rx=\"3\"/>" +
        $"<path class=\"interval\" d=\"M{160 * row.Low:0.#} 4v6m0 -3H{160 * row.High:0.#}m0 -3v6\"/></svg>");

    private static void Summary(StringBuilder page, RunRecords records, RunProgress progress, List<StageTime> times)
    {
        page.Append("<h2>Stages</h2>\n");
        if (records.Stages.Count == 0)
        {
            page.Append("<p>No step is done yet.</p>\n");
            return;
        }
        string[] shown = [.. FinalMetrics.Where(metric => records.Stages.Any(stage => CurvePoint.Final(stage.Curve(metric)) is not null))];
        page.Append("<div class=\"scroll\"><table class=\"wide\"><tr><th>stage</th><th></th><th>steps</th><th>time</th>");
        foreach (string metric in shown)
            page.Append(CultureInfo.InvariantCulture, $"<th>{Escape(metric)}</th>");
        page.Append("</tr>\n");
        foreach (StageRecords stage in records.Stages)
        {
            double seconds = stage.IsTraining ? stage.Curve("step_time").Where(point => double.IsFinite(point.Value)).Sum(point => point.Value)
                : times.Where(time => time.Stage == stage.Name).Sum(time => time.Seconds);
            string state = progress.Finished.Any(finished => finished.Stage == stage.Name) ? "done" : "under way";
            page.Append(CultureInfo.InvariantCulture,
                $"<tr><td>{Escape(stage.Name)}</td>" +
                $"<td class=\"interval\">{state}</td><td>{Extent(stage)}</td><td>{(seconds > 0 ? Duration(seconds) : "-")}</td>");
            if (!stage.IsTraining && shown.Length > 0)                                          // its results are the tables above
                page.Append(CultureInfo.InvariantCulture, $"<td colspan=\"{shown.Length}\"></td>");
            foreach (string metric in stage.IsTraining ? shown : [])
                page.Append(CultureInfo.InvariantCulture,
                    $"<td>{(CurvePoint.Final(stage.Curve(metric)) is { } value ? AxisTicks.Short(value) : "-")}</td>");
            page.Append("</tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private static string Extent(StageRecords stage) => stage.IsTraining ? stage.LastStep.ToString(CultureInfo.InvariantCulture)
        : stage.SampledSteps.Count == 1 ? "1 model" : string.Create(CultureInfo.InvariantCulture, $"{stage.SampledSteps.Count} models");

    private static void Curves(StringBuilder page, StageRecords stage)
    {
        CurveGroups groups = CurveGroups.Of(stage);
        string main = string.Concat(groups.Main.Select(group => LineChart.Render(group.Title, group.Series)));
        string others = string.Concat(groups.Others.Select(group => LineChart.Render(group.Title, group.Series)));
        if (main.Length + others.Length == 0)
            return;
        page.Append(CultureInfo.InvariantCulture, $"<h2>{Escape(stage.Name)}</h2>\n<div class=\"grid-charts\">\n{main}</div>\n");
        if (others.Length > 0)
            page.Append(CultureInfo.InvariantCulture,
                $"<details><summary>All other metrics</summary><div class=\"grid-charts\">\n{others}</div></details>\n");
    }

    private static void Sources(StringBuilder page, string folder, string recipe)
    {
        page.Append(CultureInfo.InvariantCulture,
            $"<h2>Recipe and environment</h2>\n<details open=\"open\">" +
            $"<summary>recipe.yaml, every default written out</summary><pre>{Escape(recipe)}</pre></details>\n");
        foreach (string name in (string[])[RunFolder.EnvironmentFile, "preflight.json"])
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
                page.Append(CultureInfo.InvariantCulture, $"<details><summary>{name}</summary><pre>{Escape(ReadText(path))}</pre></details>\n");
        }
    }

    private static (string Title, string Description) Titles(string recipe, string folder)
    {
        string file = Path.Combine(folder, RunFolder.RecipeFile);
        RecipeMap? root;
        try
        {
            root = RecipeParser.Parse(recipe, file, new RecipeFaults()) as RecipeMap;
        }
        catch (RecipeException error)
        {
            throw RunException.Damaged(file, error);
        }
        return (Value("name") ?? Path.GetFileName(Path.GetFullPath(folder)), Value("description") ?? "");

        string? Value(string key) => (root?.Find(key)?.Value as RecipeScalar)?.Text;
    }

    private static string ReadText(string path)
    {
        try
        {
            return PlainFile.ReadAllText(path);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw new RunException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static string Duration(double seconds)
    {
        var time = TimeSpan.FromSeconds(seconds >= 60 ? Math.Round(seconds) : seconds);
        return (time.TotalHours, time.TotalMinutes) switch
        {
            ( >= 1, _) => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes:00} min"),
            (_, >= 1) => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds:00} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
        };
    }
}
