using System.Globalization;
using Cerise.Training.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cerise.Cli.Panel;

/// <summary>Progress as a panel that is redrawn in place, one a stage; a stage's last state stays on the screen.</summary>
internal sealed class LivePanel : IProgressSink, IDisposable
{
    private const int MaxWidth = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly IAnsiConsole _console;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private StageMeter? _meter;
    private LiveDisplayContext? _display;
    private TaskCompletionSource? _end;
    private Task? _live;
    private ITimer? _timer;
    private long _drawn;

    public LivePanel(IAnsiConsole console, TimeProvider time) => (_console, _time) = (console, time);

    public void StageStarted(string stage, long steps, long done = 0, string step = "step")
    {
        End();
        lock (_gate)
        {
            _meter = new StageMeter(stage, steps, done, step, _time);
            _drawn = _time.GetTimestamp();
            // The display lives as long as its task: it is held open until the stage ends, and drawn into from here.
            _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task ended = _end.Task;
            _live = _console.Live(Draw(_meter)).StartAsync(display =>
            {
                _display = display;
                display.Refresh();
                return ended;
            });
            // Steps can be long: the clock goes on between them.
            _timer = _time.CreateTimer(_ => Redraw(), null, Tick, Tick);
        }
    }

    public void Step(long step, StepMetrics metrics)
    {
        lock (_gate)
        {
            _meter?.Add(step, metrics);
            if (_meter is not null && _time.GetElapsedTime(_drawn) >= Shortest)
                Redraw();
        }
    }

    public void Message(string text)
    {
        // The message takes the place of the panel, which moves down: filled to the width, so that nothing of the panel stays beside it.
        lock (_gate)
            _console.Write(new Padder(new Text(text), new Padding(0)).Expand());
    }

    public void StageEnded() => End();

    /// <summary>Ends the stage under way, if any, and gives the terminal back.</summary>
    public void Dispose() => End();

    /// <summary>The panel of a stage as it stands.</summary>
    internal IRenderable Draw(StageMeter meter)
    {
        int width = Math.Min(_console.Profile.Width, MaxWidth);
        int inside = Math.Max(10, width - 4);
        var lines = new List<IRenderable> { Bar(meter, inside) };
        string speed = string.Join("  ", ProgressText.Speed(meter).Prepend($"{ProgressText.Duration(meter.Elapsed)} so far"));
        lines.Add(new Text(speed, new Style(decoration: Decoration.Dim)) { Overflow = Overflow.Ellipsis });
        (string Label, double Value)[] values = [.. meter.Values];
        if (values.Length > 0)
            lines.Add(new Markup(string.Join("  ",
                values.Select(value => $"[grey]{Markup.Escape(value.Label)}[/] [bold]{ProgressText.Number(value.Value)}[/]"))));
        string name = meter.CurveName;
        string curve = Sparkline.Draw(meter.Curve, inside - name.Length - 1, _console.Profile.Capabilities.Unicode);
        if (meter.Curve.Count > 1)
            lines.Add(new Markup($"[grey]{name}[/] [deeppink3]{Markup.Escape(curve)}[/]"));
        return new Spectre.Console.Panel(new Rows(lines))
        {
            Header = new PanelHeader(Markup.Escape(meter.Stage)),
            Border = BoxBorder.Rounded,
            Width = width
        };
    }

    private Markup Bar(StageMeter meter, int width)
    {
        string count = string.Create(CultureInfo.InvariantCulture, $" {meter.Step}/{meter.Steps}  {meter.Share * 100:0} %");
        int length = Math.Max(5, width - count.Length);
        int full = (int)Math.Floor(meter.Share * length);
        (char done, char open) = _console.Profile.Capabilities.Unicode ? ('━', '─') : ('#', '-');
        return new Markup($"[deeppink3]{new string(done, full)}[/][grey]{new string(open, length - full)}[/]{count}");
    }

    private void Redraw()
    {
        lock (_gate)
        {
            if (_meter is null || _display is null)
                return;
            _drawn = _time.GetTimestamp();
            _display.UpdateTarget(Draw(_meter));
        }
    }

    private void End()
    {
        Task? live;
        lock (_gate)
        {
            if (_meter is null)
                return;
            Redraw();
            _timer?.Dispose();
            live = _live;
            _end!.SetResult();
            (_meter, _display, _live, _end, _timer) = (null, null, null, null, null);
        }
        live?.GetAwaiter().GetResult();
    }
}
