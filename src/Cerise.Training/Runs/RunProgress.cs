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
