using System.Globalization;
using Cerise.Training.Runs;

namespace Cerise.Cli.Panel;

/// <summary>Progress as plain lines, for redirected output and <c>--no-progress</c>:
/// the first step, the last, and between them few enough to read.</summary>
/// <remarks>A line is due after a hundredth of the stage but not sooner than
/// five seconds after the last one, and once a minute in any case.</remarks>
internal sealed class PlainProgress(TextWriter output, TimeProvider time) : IProgressSink
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private StageMeter? _meter;
    private long _lastTime;
    private long _lastStep;

    public void StageStarted(string stage, long steps, long done = 0, string step = "step")
    {
        lock (_gate)
        {
            _meter = new StageMeter(stage, steps, done, step, time);
            _lastStep = -1;
            string from = done > 0 ? string.Create(CultureInfo.InvariantCulture, $", going on after {step} {done}") : "";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stage}: {_meter.Count}{from}"));
            output.Flush();
        }
    }

    public void Step(long step, StepMetrics metrics)
    {
        lock (_gate)
        {
            if (_meter is null)
                return;
            _meter.Add(step, metrics);
            if (!IsDue(_meter))
                return;
            (_lastTime, _lastStep) = (time.GetTimestamp(), step);
            IEnumerable<string> values = _meter.Values.Select(value => $"{value.Label} {ProgressText.Number(value.Value)}");
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{_meter.Stage} {step}/{_meter.Steps}  {string.Join("  ", values)}  ({string.Join(", ", ProgressText.Speed(_meter))})"));
            output.Flush();
        }
    }

    public void Message(string text)
    {
        lock (_gate)
        {
            output.WriteLine(text);
            output.Flush();
        }
    }

    public void StageEnded()
    {
        lock (_gate)
        {
            if (_meter is null)
                return;
            output.WriteLine(ProgressText.Ended(_meter));
            output.Flush();
            _meter = null;
        }
    }

    private bool IsDue(StageMeter meter)
    {
        TimeSpan since = time.GetElapsedTime(_lastTime);
        return _lastStep < 0 || meter.Step >= meter.Steps || since >= Longest || (since >= Shortest && (meter.Step - _lastStep) * 100 >= meter.Steps);
    }
}
