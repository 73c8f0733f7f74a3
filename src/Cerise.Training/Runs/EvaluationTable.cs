namespace Cerise.Training.Runs;

/// <summary>One evaluation of a run. All of them lie in <c>evaluation.json</c>, and the report shows each as a table.</summary>
public sealed record EvaluationTable
{
    /// <summary>The file's name in the run folder.</summary>
    public const string FileName = "evaluation.json";

    /// <summary>The stage that made it.</summary>
    public required string Stage { get; init; }

    /// <summary>What was asked, such as "story problems, held out"; may be empty.</summary>
    public string Task { get; init; } = "";

    /// <summary>A row a model, in the order to show.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    /// <summary>Adds the table to a folder's, in the place of an earlier one of the same stage; the file is whole or as it was.</summary>
    /// <exception cref="RunException">The disk is full, writing is not permitted, or the file there is damaged.</exception>
    public void Write(string runFolder)
    {
        List<EvaluationTable> tables = [.. Read(runFolder)];
        int own = tables.FindIndex(table => table.Stage == Stage);
        if (own < 0)
            tables.Add(this);
        else
            tables[own] = this;
        RunJson.Write<IReadOnlyList<EvaluationTable>>(Path.Combine(runFolder, FileName), tables);
    }

    /// <summary>Reads a folder's tables, in the order they were made; none where it has no file.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static IReadOnlyList<EvaluationTable> Read(string runFolder) => RunJson.Read<EvaluationTable[]>(Path.Combine(runFolder, FileName)) ?? [];
}
