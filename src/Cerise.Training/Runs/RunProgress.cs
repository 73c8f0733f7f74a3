namespace Cerise.Training.Runs;

/// <summary>How far a run has come: <c>progress.json</c>.</summary>
public sealed record RunProgress
{
    /// <summary>The stage under way, or null between stages.</summary>
    public string? Stage { get; init; }

    /// <summary>The step of its last checkpoint; 0 before the first.</summary>
    public long Step { get; init; }

    /// <summary>The stages that are done, in order.</summary>
    public IReadOnlyList<FinishedStage> Finished { get; init; } = [];

    /// <summary>Lengths of the logs when the last of them was done, by file name: where the stage under way begins to write.</summary>
    public IReadOnlyDictionary<string, long> Logs { get; init; } = new Dictionary<string, long>();

    /// <summary>Reads that of a run's folder; a run that has not begun where it has none.</summary>
    /// <exception cref="RunException">The file is damaged.</exception>
    public static RunProgress Read(string folder) => RunJson.Read<RunProgress>(Path.Combine(folder, RunFolder.ProgressFile)) ?? new RunProgress();

    /// <summary>What is left of the run should it end now, for people: "the checkpoint of stage 'grpo' at step 40".</summary>
    public string Kept() => (Stage, Step, Finished.Count) switch
    {
        ({ } stage, > 0, _) => $"the checkpoint of stage '{stage}' at step {Step}",
        (_, _, 0) => "nothing yet",
        (_, _, 1) => $"stage '{Finished[0].Stage}', which is done",
        _ => $"the {Finished.Count} stages that are done",
    };

    /// <summary>One phrase for people: "2 stages done, in 'grpo' at step 40".</summary>
    public override string ToString()
    {
        string done = Finished.Count switch { 0 => "", 1 => "1 stage done", _ => $"{Finished.Count} stages done" };
        string under = Stage is null ? "" : $"in '{Stage}' at step {Step}";
        return (done, under) switch
        {
            ("", "") => "just begun",
            (_, "") => done,
            ("", _) => under,
            _ => $"{done}, {under}",
        };
    }
}
