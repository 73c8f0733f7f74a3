using System.Runtime.InteropServices;

namespace Cerise.Training.Runs;

/// <summary>Turns Ctrl-C and the system's request to end into a flag that a run looks at between steps, so that it can save and stop.</summary>
/// <remarks>The first signal sets the flag; a second one ends the process at once, as
/// if nobody listened, and the run can be resumed from its last checkpoint.</remarks>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Action? _onFirst;
    private int _requests;
    private Action? _diverted;

    /// <summary>Begins to listen.</summary>
    /// <param name="onFirst">Called once at the first signal, on another thread, to tell the person that the run saves and stops.</param>
    public Interruption(Action? onFirst = null)
    {
        _onFirst = onFirst;
        foreach (PosixSignal signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM])
            _signals.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = IsDiverted(context.Signal) || Request()));
    }

    /// <summary>Cancelled once the run should save and stop. Look at it between steps.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the run should save and stop.</summary>
    public bool IsRequested => _source.IsCancellationRequested;

    /// <summary>Asks the run to save and stop, as a signal does.</summary>
    /// <returns>Whether this was the first time.</returns>
    public bool Request()
    {
        if (Interlocked.Increment(ref _requests) > 1)
            return false;
        _onFirst?.Invoke();
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
        return new Diversion(this);
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

    private sealed class Diversion(Interruption interruption) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref interruption._diverted, null);
    }
}
