namespace Cerise.Training.Stages;

/// <summary>One kind of stage a recipe can have: its settings and what it does.</summary>
public interface IStage
{
    /// <summary>Does the stage, or what is left of it.</summary>
    /// <exception cref="OperationCanceledException">The run was asked to stop; what was done is saved.</exception>
    public void Run(StageContext context);

    /// <summary>What the stage will need, for <c>--dry-run</c>; empty where nothing is known before earlier stages have run.</summary>
    public IEnumerable<string> Plan();
}
