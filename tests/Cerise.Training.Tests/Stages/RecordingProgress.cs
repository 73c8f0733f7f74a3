using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Stages;

/// <summary>Keeps what a run tells, and may do something after a step.</summary>
internal sealed class RecordingProgress : IProgressSink
{
    public List<string> Started { get; } = [];

    public List<string> Messages { get; } = [];

    public int Steps { get; private set; }

    public int Ended { get; private set; }

    /// <summary>Called after each step of any stage with the number of steps so far.</summary>
    public Action<int>? AfterStep { get; init; }

    public void StageStarted(string stage, long steps, long done = 0, string step = "step") => Started.Add($"{stage} {done}/{steps}");

    public void Step(long step, StepMetrics metrics)
    {
        Steps++;
        AfterStep?.Invoke(Steps);
    }

    public void Message(string text) => Messages.Add(text);

    public void StageEnded() => Ended++;
}
