namespace Cerise.Training.Stages;

/// <summary>Checks made before a stage's first step, kept in preflight.json. A check that fails stops the run before it costs anything.</summary>
public sealed class Preflight
{
    private const string FileName = "preflight.json";
    private readonly StageContext _context;
    private readonly List<PreflightCheck> _checks = [];

    /// <param name="context">The stage that is about to begin.</param>
    public Preflight(StageContext context) => _context = context;

    /// <summary>Notes a check, and stops the run when it fails.</summary>
    /// <param name="name">What was checked.</param>
    /// <param name="passed">Whether all is well.</param>
    /// <param name="detail">What was found; when it failed, also how to fix it.</param>
    /// <exception cref="TrainingException">The check failed.</exception>
    public void Require(string name, bool passed, string detail)
    {
        _checks.Add(new PreflightCheck(_context.Stage.Name, name, passed, detail));
        if (passed)
            return;
        Write();
        throw new TrainingException($"pre-flight of {_context.Stage.Title}: {name}: {detail}");
    }

    /// <summary>Writes what was checked, beside the checks of earlier stages and of this stage before it was stopped.</summary>
    public void Write()
    {
        string path = Path.Combine(_context.Run.Path, FileName);
        PreflightCheck[] earlier = Runs.RunJson.Read<PreflightCheck[]>(path) ?? [];
        _context.Run.WriteJson<PreflightCheck[]>(FileName, [.. earlier.Where(check => !_checks.Any(again => again.Stage == check.Stage && again.Check == check.Check)), .. _checks]);
    }
}

/// <summary>One check and what came of it.</summary>
/// <param name="Stage">The stage it was made for.</param>
/// <param name="Check">What was checked.</param>
/// <param name="Passed">Whether all is well.</param>
/// <param name="Detail">What was found.</param>
public sealed record PreflightCheck(string Stage, string Check, bool Passed, string Detail);
