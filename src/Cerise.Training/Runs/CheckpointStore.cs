using System.Globalization;

namespace Cerise.Training.Runs;

/// <summary>The checkpoints of a run: <c>checkpoints/STAGE/step-N/</c>, each
/// whole or absent, each with a manifest of lengths and checksums.</summary>
/// <remarks>
/// A checkpoint is written beside its place, flushed to disk and renamed; older ones go only after that.
/// So a run killed at any moment, even by a power cut, has the checkpoint before or the one after. A
/// checkpoint damaged later is noticed when it is read and set aside, and the one before it is used.
/// </remarks>
public sealed class CheckpointStore
{
    private const string StepPrefix = "step-";
    private readonly string _root;
    private readonly List<string> _warnings = [];

    /// <summary>Opens the checkpoints of a run and removes what a killed run left half-written.</summary>
    /// <param name="root">The folder of all checkpoints; made when the first is saved.</param>
    /// <exception cref="RunException">The folder cannot be changed.</exception>
    public CheckpointStore(string root)
    {
        ArgumentNullException.ThrowIfNull(root);
        _root = root;
        if (!Directory.Exists(root))
            return;
        Guarded(root, () =>
        {
            foreach (string stage in Directory.GetDirectories(root))
            {
                foreach (string leftover in Directory.GetDirectories(stage, ".*"))
                    Directory.Delete(leftover, recursive: true);
            }
        });
    }

    /// <summary>What a person should know: checkpoints that were damaged and set aside.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Called before each file operation with its name: where a kill could strike.</summary>
    internal Action<string>? BeforeStep { get; set; }

    /// <summary>Saves a checkpoint and removes the oldest ones of its stage.</summary>
    /// <param name="stage">The stage's name, usable as a folder's.</param>
    /// <param name="step">The last step it contains, 0 or more.</param>
    /// <param name="write">Writes the files into the folder it is given, which is not yet the checkpoint's.</param>
    /// <param name="keep">How many checkpoints of this stage stay, this one included;
    /// 2 by default, so that one is left should the other be damaged.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted; the earlier checkpoints are untouched.</exception>
    public StoredCheckpoint Save(string stage, long step, Action<string> write, int keep = 2) =>
        Save(stage, step, write, keep, new Dictionary<string, long>());

    /// <summary>The newest whole checkpoint of a stage, or null when none was ever saved.</summary>
    /// <remarks>Newer ones that are damaged are renamed to <c>damaged-step-N</c> with a line in <see cref="Warnings"/>.</remarks>
    /// <exception cref="RunException">There are checkpoints, but none is whole.</exception>
    public StoredCheckpoint? Latest(string stage)
    {
        string folder = Path.Combine(_root, stage);
        List<(long Step, string Path)> stored = Stored(folder);
        var damages = new List<string>();
        foreach ((long step, string path) in stored)
        {
            if (CheckpointManifest.Check(path, out string damage) is { } manifest && manifest.Step == step && manifest.Stage == stage)
            {
                foreach ((long newer, string damaged) in stored.TakeWhile(entry => entry.Step > step))
                    SetAside(damaged, newer);
                _warnings.AddRange(damages.Select(text => $"{text}; set aside, going on from step {step}"));
                return new StoredCheckpoint(stage, step, path) { Logs = manifest.Logs };
            }
            damages.Add($"checkpoint {Path.GetRelativePath(_root, path)} is damaged " +
                $"({(damage.Length > 0 ? damage : "its manifest is another checkpoint's")})");
        }
        if (damages.Count > 0)
            throw new RunException(
                $"{folder}: no checkpoint is whole: {string.Join("; ", damages)}. Restore one, or delete this folder to begin " +
                $"stage '{stage}' again.");
        return null;
    }

    /// <summary>Saves the weights of a stage's best evaluation so far, in the place of the best before.</summary>
    /// <remarks>A run that is killed and goes on from an earlier step comes to the same evaluations again, and so to the same best weights.</remarks>
    /// <exception cref="RunException">The disk is full, or writing is not permitted; the best before is untouched.</exception>
    public void SaveBest(string stage, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(stage);
        AtomicFolder.Write(BestOf(stage), write, BeforeStep);
    }

    /// <summary>The folder of the best weights of a stage, or null where none were saved.</summary>
    public string? Best(string stage) => Directory.Exists(BestOf(stage)) ? BestOf(stage) : null;

    private string BestOf(string stage) => Path.Combine(_root, stage, "best");

    internal StoredCheckpoint Save(string stage, long step, Action<string> write, int keep, IReadOnlyDictionary<string, long> logs)
    {
        ArgumentException.ThrowIfNullOrEmpty(stage);
        ArgumentNullException.ThrowIfNull(write);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(keep, 1);
        string folder = Path.Combine(_root, stage);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{StepPrefix}{step}"));
        AtomicFolder.Write(path, temporary =>
        {
            write(temporary);
            BeforeStep?.Invoke("list files");
            RunJson.Write(Path.Combine(temporary, CheckpointManifest.FileName), CheckpointManifest.Of(temporary, stage, step, logs), BeforeStep);
        }, BeforeStep);
        Guarded(folder, () =>
        {
            foreach ((long old, string oldPath) in Stored(folder).Skip(keep))
            {
                // Renamed first: a checkpoint that is half deleted must not look like a damaged one.
                string gone = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".{StepPrefix}{old}.old"));
                BeforeStep?.Invoke($"rename {oldPath}");
                Directory.Move(oldPath, gone);
                BeforeStep?.Invoke($"delete {gone}");
                Directory.Delete(gone, recursive: true);
            }
        });
        return new StoredCheckpoint(stage, step, path) { Logs = logs };
    }

    private static void SetAside(string path, long step)
    {
        string aside = Path.Combine(Path.GetDirectoryName(path)!, string.Create(CultureInfo.InvariantCulture, $"damaged-{StepPrefix}{step}"));
        Guarded(path, () =>
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
            Directory.Move(path, aside);
        });
    }

    // Newest first.
    private static List<(long Step, string Path)> Stored(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        var stored = new List<(long Step, string Path)>();
        foreach (string path in Directory.EnumerateDirectories(folder, StepPrefix + "*"))
        {
            if (long.TryParse(Path.GetFileName(path).AsSpan(StepPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long step))
                stored.Add((step, path));
        }
        return [.. stored.OrderByDescending(entry => entry.Step)];
    }

    private static void Guarded(string path, Action change)
    {
        try
        {
            change();
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw RunException.Writing(path, error);
        }
    }
}
