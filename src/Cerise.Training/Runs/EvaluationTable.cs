namespace Cerise.Training.Runs;

/// <summary>A run's evaluations: <c>evaluation.json</c>, which the report shows as a table.</summary>
public sealed record EvaluationTable
{
    /// <summary>The file's name in the run folder.</summary>
    public const string FileName = "evaluation.json";

    /// <summary>What was asked, such as "story problems, held out"; may be empty.</summary>
    public string Task { get; init; } = "";

    /// <summary>A row a model, in the order to show.</summary>
    public required IReadOnlyList<EvaluationRow> Rows { get; init; }

    /// <summary>Writes the table into a run folder, whole or not at all.</summary>
    /// <exception cref="RunException">The disk is full, or writing is not permitted.</exception>
    public void Write(string runFolder) => RunJson.Write(Path.Combine(runFolder, FileName), this);

    /// <summary>Reads a run folder's table, or null when it has none.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static EvaluationTable? Read(string runFolder) => RunJson.Read<EvaluationTable>(Path.Combine(runFolder, FileName));
}
