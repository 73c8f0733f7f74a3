namespace Cerise.Training.Runs;

/// <summary>A whole checkpoint on disk.</summary>
/// <param name="Stage">The stage it belongs to.</param>
/// <param name="Step">The last step it contains.</param>
/// <param name="Folder">Where its files lie.</param>
public sealed record StoredCheckpoint(string Stage, long Step, string Folder)
{
    /// <summary>Lengths of the run's logs when it was saved, by file name.</summary>
    internal IReadOnlyDictionary<string, long> Logs { get; init; } = new Dictionary<string, long>();
}
