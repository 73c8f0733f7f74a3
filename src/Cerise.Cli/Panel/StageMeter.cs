using System.Globalization;
using Cerise.Training.Runs;

namespace Cerise.Cli.Panel;

/// <summary>What the person watching wants to know of the stage under way: how far, how fast, how long still, and how it goes.</summary>
internal sealed class StageMeter
{
    // Speed is measured over the latest steps, since completions grow longer as training goes on.
    private const int Window = 20;

    private static readonly (string Metric, string Label)[] Watched =
    [
        ("reward", "reward"), ("rewards/accuracy/mean", "accuracy"), ("kl", "kl"), ("loss", "loss"), ("entropy", "entropy"),
        ("completions/mean_length", "length"), ("grad_norm", "grad_norm"),
    ];

    private static readonly (string Metric, string Label)[] Evaluated = [("eval_loss", "eval_loss"), ("eval_mean_token_accuracy", "eval_accuracy")];

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly long _doneBefore;
    private readonly Queue<(long Time, long Step, double Tokens)> _latest = new();
    private readonly List<double> _curve = [];
    private StepMetrics _metrics = [];
    private StepMetrics _evaluation = [];

    public StageMeter(string stage, long steps, long done, string stepName, TimeProvider time)
    {
        (Stage, Steps, Step, StepName, _doneBefore, _time) = (stage, steps, done, stepName, done, time);
        _started = time.GetTimestamp();
        _latest.Enqueue((_started, done, double.NaN));
    }

    public string Stage { get; }

    public long Steps { get; }

    /// <summary>What a step is called.</summary>
    public string StepName { get; }

    /// <summary>How many steps there are, in words.</summary>
    public string Count => string.Create(CultureInfo.InvariantCulture, $"{Steps} {StepName}{(Steps == 1 ? "" : "s")}");

    /// <summary>The last step done.</summary>
    public long Step { get; private set; }

    /// <summary>Steps done since the process began with this stage.</summary>
    public long StepsHere => Step - _doneBefore;

    /// <summary>Share done, in [0, 1].</summary>
    public double Share => Steps > 0 ? Math.Clamp((double)Step / Steps, 0, 1) : 0;

    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Seconds a step takes of late, or null before the first.</summary>
    public double? SecondsPerStep
    {
        get
        {
            (long time, long step, _) = _latest.Peek();
            return Step > step ? _time.GetElapsedTime(time, _latest.Last().Time).TotalSeconds / (Step - step) : null;
        }
    }

    /// <summary>The time the remaining steps take at the speed of late, or null before the first.</summary>
    public TimeSpan? TimeLeft => SecondsPerStep is { } seconds ? TimeSpan.FromSeconds(seconds * Math.Max(0, Steps - Step)) : null;

    /// <summary>Tokens trained on a second of late, from <c>num_tokens</c>, which counts them from the start; null when unknown.</summary>
    public double? TokensPerSecond
    {
        get
        {
            (long time, _, double tokens) = _latest.FirstOrDefault(entry => double.IsFinite(entry.Tokens));
            (long last, _, double now) = _latest.Last();
            double seconds = _time.GetElapsedTime(time, last).TotalSeconds;
            return time != 0 && double.IsFinite(now) && seconds > 0 ? (now - tokens) / seconds : null;
        }
    }

    /// <summary>The latest values worth watching, by label; those on validation rows are those of the last evaluation.</summary>
    public IEnumerable<(string Label, double Value)> Values => Of(Watched, _metrics).Concat(Of(Evaluated, _evaluation));

    /// <summary>What the curve shows: the reward where there is one, else the loss.</summary>
    public string CurveName => _metrics.TryGet("reward", out _) ? "reward" : "loss";

    /// <summary>The curve so far.</summary>
    public IReadOnlyList<double> Curve => _curve;

    public void Add(long step, StepMetrics metrics)
    {
        Step = step;
        _metrics = metrics;
        if (metrics.TryGet(Evaluated[0].Metric, out _))
            _evaluation = metrics;
        _latest.Enqueue((_time.GetTimestamp(), step, metrics.TryGet("num_tokens", out double tokens) ? tokens : double.NaN));
        if (_latest.Count > Window)
            _latest.Dequeue();
        if (metrics.TryGet(CurveName, out double value))
            _curve.Add(value);
    }

    private static IEnumerable<(string Label, double Value)> Of((string Metric, string Label)[] watched, StepMetrics metrics)
        => watched.Where(one => metrics.TryGet(one.Metric, out _)).Select(one => (one.Label, metrics[one.Metric]));
}
