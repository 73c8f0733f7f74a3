using Cerise.Training.Recipes;

namespace Cerise.Training.Runs;

/// <summary>The folder of a run, held by this process alone: recipe, environment, logs, checkpoints and how far the run has come.</summary>
/// <remarks>
/// <para>A pipeline uses it so, and a run killed at any moment and resumed ends in the same bytes as an unbroken one:</para>
/// <code>
/// using RunFolder run = RunFolder.Open("runs/zero", recipe.Resolve(options), environment, resume);
/// foreach (RecipeStage stage in recipe.Stages)
/// {
///     if (run.IsFinished(stage.Name)) continue;
///     StoredCheckpoint? from = run.BeginStage(stage.Name);          // cuts the logs back to the checkpoint
///     ...                                                           // load from.Folder if it is not null; log from step from.Step + 1
///     run.Log.Step(stage.Name, step, metrics);
///     run.SaveCheckpoint(stage.Name, step, folder => ...);          // weights, optimizer, position in the data
///     AtomicFolder.Write(..., model);                               // a stage's results come before its end is noted
///     run.FinishStage(stage.Name, step);
/// }
/// </code>
/// <para>Everything logged belongs to a stage under way: what is logged between stages is cut off by the next one's beginning.</para>
/// </remarks>
public sealed class RunFolder : IDisposable
{
    internal const string RecipeFile = "recipe.yaml";
    internal const string EnvironmentFile = "environment.json";
    internal const string ProgressFile = "progress.json";
    internal const string TimingsFile = "timings.json";
    private const string CheckpointFolder = "checkpoints";
    private const int ShownDifferences = 10;

    private readonly RunLock _lock;
    private readonly List<string> _warnings = [];

    private RunFolder(string path, RunLock held, string recipe, RunEnvironment environment, TimeProvider time)
    {
        Path = path;
        _lock = held;
        IsResumed = HasBegun(path);
        if (!IsResumed)
        {
            AtomicFile.WriteText(InFolder(RecipeFile), recipe);
            RunJson.Write(InFolder(EnvironmentFile), environment);
        }
        if (RunJson.Read<RunEnvironment>(InFolder(EnvironmentFile)) is { } began && began.Simd != environment.Simd)
            _warnings.Add($"this run began on {began.Simd} and goes on with {environment.Simd}: its result will differ in the last bits from an " +
                "unbroken run");
        Progress = RunProgress.Read(path);
        Checkpoints = new CheckpointStore(InFolder(CheckpointFolder));
        Log = new RunLog(path, time);
        if (Progress.Stage is null && Progress.Finished.Count > 0)
            Log.TruncateTo(Progress.Logs);                                  // between stages nothing is logged
    }

    /// <summary>The folder as the caller named it.</summary>
    public string Path { get; }

    /// <summary>Whether the folder held this run already, and its first stage had begun.</summary>
    public bool IsResumed { get; }

    /// <summary>How far the run has come.</summary>
    public RunProgress Progress { get; private set; }

    /// <summary>The checkpoints of every stage.</summary>
    public CheckpointStore Checkpoints { get; }

    /// <summary>Metrics and samples.</summary>
    public RunLog Log { get; }

    /// <summary>What a person should know: damaged checkpoints, another instruction set.</summary>
    public IReadOnlyList<string> Warnings => [.. _warnings, .. Checkpoints.Warnings];

    /// <summary>Notes where a finished stage's time went.</summary>
    public void AddTime(StageTime time)
    {
        List<StageTime> known = RunJson.Read<List<StageTime>>(InFolder(TimingsFile)) ?? [];
        known.RemoveAll(other => other.Stage == time.Stage);
        RunJson.Write<List<StageTime>>(InFolder(TimingsFile), [.. known, time]);
    }

    /// <summary>Called before each file operation with its name: where a kill could strike.</summary>
    internal Action<string>? BeforeStep
    {
        get => Checkpoints.BeforeStep;
        set => Checkpoints.BeforeStep = value;
    }

    /// <summary>Opens a run folder, making it if it is missing.</summary>
    /// <param name="path">The folder, usually <c>runs/NAME</c>.</param>
    /// <param name="recipe">The resolved recipe (<see cref="RecipeDocument.Resolve"/>).</param>
    /// <param name="environment">Facts of this machine; kept as they were when the run began.</param>
    /// <param name="resume">Whether to go on with a run the folder holds. A folder without a run is begun either way.</param>
    /// <param name="time">The clock of TensorBoard's events; the system's when null.</param>
    /// <remarks>
    /// A run whose first stage has not begun, because its data was missing or refused, say, has nothing to lose: it is begun anew, with any recipe.
    /// </remarks>
    /// <exception cref="RunException">Another process is at work in the folder; it holds another recipe, or
    /// a run and <paramref name="resume"/> is false, or other files; or it cannot be written.</exception>
    public static RunFolder Open(string path, string recipe, RunEnvironment environment, bool resume = false, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(environment);
        RefuseForeign(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw RunException.Writing(path, error);
        }
        RunLock held = RunLock.Take(path);
        try
        {
            RefuseOther(path, recipe, resume);
            return new RunFolder(path, held, recipe, environment, time ?? TimeProvider.System);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Whether a stage is done.</summary>
    public bool IsFinished(string stage) => Progress.Finished.Any(finished => finished.Stage == stage);

    /// <summary>Begins a stage, or takes it up again: cuts the logs back to where its last checkpoint, or its beginning, left them.</summary>
    /// <param name="stage">The stage's name; it is not done yet.</param>
    /// <returns>The checkpoint to go on from, or null to begin.</returns>
    /// <exception cref="RunException">No checkpoint of the stage is whole, or a log was shortened.</exception>
    public StoredCheckpoint? BeginStage(string stage)
    {
        if (IsFinished(stage))
            throw new ArgumentException($"stage '{stage}' is done", nameof(stage));
        StoredCheckpoint? from = Checkpoints.Latest(stage);
        Log.TruncateTo(from?.Logs ?? Progress.Logs);
        Commit(Progress with { Stage = stage, Step = from?.Step ?? 0 });
        return from;
    }

    /// <summary>Saves a checkpoint of the stage under way. After it returns, a kill loses nothing up to this step.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="step">The last step it contains.</param>
    /// <param name="write">Writes the files into the folder it is given.</param>
    /// <param name="keep">How many checkpoints of this stage stay; 2 by default, so that one is left should the other be damaged.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted; the earlier checkpoints are untouched.</exception>
    public StoredCheckpoint SaveCheckpoint(string stage, long step, Action<string> write, int keep = 2)
    {
        StoredCheckpoint saved = Checkpoints.Save(stage, step, write, keep, Log.Flush());
        Commit(Progress with { Stage = stage, Step = step });
        return saved;
    }

    /// <summary>Notes that a stage is done; call it after its results are saved.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="step">Its last step.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted.</exception>
    public void FinishStage(string stage, long step) =>
        Commit(new RunProgress { Finished = [.. Progress.Finished, new FinishedStage(stage, step)], Logs = Log.Flush() });

    /// <summary>Writes a JSON file of the run, such as <c>preflight.json</c>, whole or not at all; property names in snake_case.</summary>
    /// <param name="name">The file's name in the run folder.</param>
    /// <param name="value">What to write.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted.</exception>
    public void WriteJson<T>(string name, T value) => RunJson.Write(InFolder(name), value, BeforeStep);

    /// <summary>Closes the logs and gives the folder free.</summary>
    public void Dispose()
    {
        Log.Dispose();
        _lock.Dispose();
    }

    // Checkpoints count by themselves: another recipe must never go on from them, even where the note of the progress is lost.
    private static bool HasBegun(string path) => File.Exists(System.IO.Path.Combine(path, RecipeFile))
        && (File.Exists(System.IO.Path.Combine(path, ProgressFile)) || Directory.Exists(System.IO.Path.Combine(path, CheckpointFolder)));

    private static void RefuseForeign(string path)
    {
        if (File.Exists(path))
            throw new RunException($"{path}: is a file, not a folder. Name another folder with --out.");
        if (!Directory.Exists(path) || File.Exists(System.IO.Path.Combine(path, RecipeFile)))
            return;
        // What a run killed in its first moment leaves is fine; anything else is somebody's.
        string[] own = [RunLock.LockFile, RunLock.HolderFile, $".{RecipeFile}.tmp"];
        string? foreign = Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).FirstOrDefault(name => !own.Contains(name));
        if (foreign is not null)
            throw new RunException(
                $"{path}: holds '{foreign}' and is no run folder (there is no {RecipeFile}). Name an empty or a new folder with --out.");
    }

    private static void RefuseOther(string path, string recipe, bool resume)
    {
        string file = System.IO.Path.Combine(path, RecipeFile);
        if (!HasBegun(path))
            return;
        IReadOnlyList<string> differences = Differences(file, recipe);
        if (differences.Count > 0)
        {
            string rest = differences.Count > ShownDifferences ? $"\n  and {differences.Count - ShownDifferences} more" : "";
            throw new RunException(
                $"{path}: holds a run of another recipe. Name another folder with --out, or use the same settings; they differ in\n  " +
                $"{string.Join("\n  ", differences.Take(ShownDifferences))}{rest}");
        }
        if (!resume)
        {
            RunProgress progress = RunJson.Read<RunProgress>(System.IO.Path.Combine(path, ProgressFile)) ?? new RunProgress();
            throw new RunException($"{path}: holds this run already ({progress}). Add --resume to go on with it, or name another folder with --out.");
        }
    }

    private static IReadOnlyList<string> Differences(string file, string recipe)
    {
        try
        {
            return RecipeDifference.Compare(ReadRecipe(file), recipe);
        }
        catch (RecipeException error)
        {
            throw RunException.Damaged(file, error);
        }
    }

    private static string ReadRecipe(string file)
    {
        try
        {
            return PlainFile.ReadAllText(file);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw new RunException($"{file}: cannot be read: {error.Message}", error);
        }
    }

    private void Commit(RunProgress progress)
    {
        RunJson.Write(InFolder(ProgressFile), progress, BeforeStep);
        Progress = progress;
    }

    private string InFolder(string name) => System.IO.Path.Combine(Path, name);
}
