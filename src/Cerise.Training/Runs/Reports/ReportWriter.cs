namespace Cerise.Training.Runs.Reports;

/// <summary>Makes <c>report.html</c> from a run folder alone: one self-contained file with tables, curves, samples, recipe and environment.</summary>
public static class ReportWriter
{
    /// <summary>The report's file name in the run folder.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes the report of a run, finished or under way. The same folder gives the same bytes.</summary>
    /// <param name="runFolder">The run's folder.</param>
    /// <returns>The path of the report.</returns>
    /// <exception cref="RunException">The folder is no run's, one of its files is damaged, or the report cannot be written.</exception>
    public static string Write(string runFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(runFolder);
        if (!File.Exists(Path.Combine(runFolder, RunFolder.RecipeFile)))
            throw new RunException(
                $"{runFolder}: is no run folder (there is no {RunFolder.RecipeFile}). Name the folder that 'cerise run' made, such as runs/NAME.");
        string path = Path.Combine(runFolder, FileName);
        AtomicFile.WriteText(path, ReportPage.Render(runFolder));
        return path;
    }
}
