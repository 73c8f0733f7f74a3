using System.Globalization;
using Cerise.Training.Runs;

namespace Cerise.Cli;

/// <summary>What a run says at its end: the evaluation's table, and where things are.</summary>
internal static class RunSummary
{
    /// <summary>Prints it.</summary>
    public static void Print(string folder, TimeSpan elapsed, TextWriter output)
    {
        foreach (EvaluationTable table in EvaluationTable.Read(folder))
        {
            output.WriteLine();
            bool showsForm = table.Rows.Any(row => row.WellFormed is not null);
            output.WriteLine($"{"model",-10} {"accuracy",9} {"95 % interval",17} {"mean length",12}{(showsForm ? $" {"well-formed",12}" : "")}   problems: {table.Rows.Max(row => row.Problems)}{(table.Task.Length > 0 ? $", {table.Task}" : "")}");
            foreach (EvaluationRow row in table.Rows)
                output.WriteLine($"{row.Model,-10} {PercentText.Of(row.Accuracy),9} {$"{PercentText.Of(row.Low)} - {PercentText.Of(row.High)}",17} {row.MeanLength.ToString("F1", CultureInfo.InvariantCulture),12}{(showsForm ? $" {(row.WellFormed is { } share ? PercentText.Of(share) : "-"),12}" : "")}");
        }
        output.WriteLine();
        if (Directory.Exists(Path.Combine(folder, "model")))
            output.WriteLine($"model    {Path.Combine(folder, "model")}");
        output.WriteLine($"report   {Path.Combine(folder, "report.html")}");
        output.WriteLine($"time     {(int)elapsed.TotalMinutes} min {elapsed.Seconds} s");
    }
}
