namespace Cerise.Training.Runs;

/// <summary>Told how a run goes on, for people to watch. Never decides anything; a call returns at once.</summary>
public interface IProgressSink
{
    /// <summary>A stage begins.</summary>
    /// <param name="stage">Its name.</param>
    /// <param name="steps">How many steps it has in all.</param>
    /// <param name="done">How many of them an earlier run has done.</param>
    /// <param name="step">What one of them is called, such as the model of an evaluation.</param>
    public void StageStarted(string stage, long steps, long done = 0, string step = "step");

    /// <summary>A step is done.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="metrics">What it measured.</param>
    public void Step(long step, StepMetrics metrics);

    /// <summary>Something a person should read, such as a warning or an evaluation's result.</summary>
    public void Message(string text);

    /// <summary>The stage ends, done or interrupted.</summary>
    public void StageEnded();
}
