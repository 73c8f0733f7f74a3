using System.Threading.Tasks.Sources;

namespace Cerise.Models.Generation;

/// <summary>The tokens of one request, as they come. One reader.</summary>
/// <remarks>Reading costs the service nothing: tokens wait in a list that the reader takes as a whole.</remarks>
public sealed class GenerationStream : IValueTaskSource<bool>, IDisposable
{
    private readonly Lock _lock = new();
    private readonly GenerationService _service;
    private readonly TimeProvider _time;
    private readonly long _deadline;
    private ManualResetValueTaskSourceCore<bool> _wake = new() { RunContinuationsAsynchronously = true };
    private List<DrawnToken> _delivered = [];                              // under the lock
    private List<DrawnToken> _read = [];
    private GenerationException? _fault;
    private bool _isComplete;
    private bool _hasReader;
    private CancellationTokenRegistration _registration;

    internal GenerationStream(GenerationService service, TimeProvider time, int samples, TimeSpan? timeout)
    {
        _service = service;
        _time = time;
        Unfinished = samples;
        _deadline = timeout is { } limit ? time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency) : long.MaxValue;
    }

    /// <summary>The service's own: tokens drawn and not yet delivered.</summary>
    internal List<DrawnToken> Undelivered { get; } = [];

    /// <summary>The service's own: samples that have not ended.</summary>
    internal int Unfinished { get; set; }

    /// <summary>The service's own: whether its first token was drawn.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>The service's own: what its guide threw; null while all is well.</summary>
    internal Exception? GuideFault { get; set; }

    /// <summary>Whether the caller has given it up.</summary>
    internal bool IsCancelled { get; private set; }

    internal bool IsLate => _deadline != long.MaxValue && _time.GetTimestamp() > _deadline;

    /// <summary>Waits for tokens that were not read yet.</summary>
    /// <param name="cancellation">Gives the request up.</param>
    /// <returns>The tokens, those of one sample in order; valid until the next call. Empty at the end, once all samples have ended.</returns>
    /// <exception cref="GenerationException">The request could not be finished.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async ValueTask<IReadOnlyList<DrawnToken>> ReadAsync(CancellationToken cancellation = default)
    {
        _read.Clear();
        while (true)
        {
            if (cancellation.IsCancellationRequested)
                Dispose();
            cancellation.ThrowIfCancellationRequested();
            ValueTask<bool> more;
            lock (_lock)
            {
                if (_delivered.Count > 0)
                {
                    (_delivered, _read) = (_read, _delivered);
                    return _read;
                }
                if (_fault is not null)
                    throw new GenerationException(_fault.Fault, _fault.Message, _fault.InnerException);
                if (_isComplete || IsCancelled)
                    return _read;
                _wake.Reset();
                _hasReader = true;
                more = new ValueTask<bool>(this, _wake.Version);
            }
            _registration = cancellation.UnsafeRegister(static stream => ((GenerationStream)stream!).Wake(), this);
            await more.ConfigureAwait(false);
            await _registration.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives the request up, if it has not ended: its place is free before the next step.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isComplete || IsCancelled)
                return;
            IsCancelled = true;
        }
        Wake();
        _service.Cancelled();
    }

    bool IValueTaskSource<bool>.GetResult(short token) => _wake.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _wake.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wake.OnCompleted(continuation, state, token, flags);

    /// <summary>Hands over what was drawn, on the service's thread.</summary>
    internal void Deliver()
    {
        lock (_lock)
        {
            _delivered.AddRange(Undelivered);
            _isComplete = Unfinished == 0;
        }
        Undelivered.Clear();
        Wake();
    }

    /// <summary>Ends it with a fault, after what was drawn.</summary>
    internal void Fail(GenerationException fault)
    {
        lock (_lock)
        {
            _delivered.AddRange(Undelivered);
            (_fault, _isComplete) = (fault, true);
        }
        Undelivered.Clear();
        Wake();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (!_hasReader)
                return;
            _hasReader = false;
        }
        _wake.SetResult(true);
    }
}
