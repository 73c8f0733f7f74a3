using System.Runtime.InteropServices;

namespace Cerise.Training.Runs;

/// <summary>Turns Ctrl-C and the system's request to end into a flag that a run looks at between steps, so that it can save and stop.</summary>
/// <remarks>The first signal sets the flag; a second one, of either kind, says so and ends the process at once, as
/// if nobody listened, and the run can be resumed from its last checkpoint.</remarks>
public sealed class Interruption : IDisposable
{
    // What is said at the end must not keep the process from ending, should nobody read it.
    private static readonly TimeSpan LongestNotice = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private int _requests;
    private Action? _diverted;
    private volatile Notices _notices;

    /// <summary>Begins to listen.</summary>
    /// <param name="onFirst">Called once at the first signal, on another thread, to tell the person that the run saves and stops.</param>
    /// <param name="onSecond">Called at the second, on another thread, to tell the person that the process ends at once; it has a second for that.</param>
    public Interruption(Action? onFirst = null, Action? onSecond = null)
    {
        _notices = new Notices(onFirst, onSecond);
        foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            _signals.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = IsDiverted(context.Signal) || Request()));
    }

    /// <summary>Cancelled once the run should save and stop. Look at it between steps.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the run should save and stop.</summary>
    public bool IsRequested => _source.IsCancellationRequested;

    /// <summary>Asks the run to save and stop, as a signal does.</summary>
    /// <returns>Whether this was the first time; after the second the process is to end.</returns>
    public bool Request()
    {
        if (Interlocked.Increment(ref _requests) is var request and > 1)
        {
            if (request == 2 && _notices.OnSecond is { } onSecond)
                Task.WaitAny([Task.Run(onSecond)], LongestNotice);
            return false;
        }
        _notices.OnFirst?.Invoke();
        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The signal came while the run was ending anyway.
        }
        return true;
    }

    /// <summary>Has Ctrl-C do something else than stop the program, until what this returns is disposed; the system's request to end stays what it is.</summary>
    /// <param name="action">Called at each Ctrl-C, on another thread.</param>
    public IDisposable Divert(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Volatile.Write(ref _diverted, action);
        return new Restoration(() => Volatile.Write(ref _diverted, null));
    }

    /// <summary>Has other things said at the first and the second signal, until what this returns is disposed: those of the work under way.</summary>
    /// <param name="onFirst">As for the constructor.</param>
    /// <param name="onSecond">As for the constructor.</param>
    public IDisposable Announce(Action onFirst, Action onSecond)
    {
        ArgumentNullException.ThrowIfNull(onFirst);
        ArgumentNullException.ThrowIfNull(onSecond);
        Notices before = _notices;
        _notices = new Notices(onFirst, onSecond);
        return new Restoration(() => _notices = before);
    }

    private bool IsDiverted(PosixSignal signal)
    {
        if (signal != PosixSignal.SIGINT || Volatile.Read(ref _diverted) is not { } action)
            return false;
        action();
        return true;
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        _source.Dispose();
    }

    private sealed record Notices(Action? OnFirst, Action? OnSecond);

    private sealed class Restoration(Action restore) : IDisposable
    {
        public void Dispose() => restore();
    }
}
