using System.Runtime.InteropServices;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Generation;

/// <summary>Samples completions for requests that come and go at any time, each with its own settings, on a thread of its own.</summary>
/// <remarks>
/// The same loop as <see cref="Generator"/>, kept full from a queue: what a request gets depends on its prompt, its options and its seed alone, bit for bit, never on
/// what runs beside it. The model's weights must stay as they are, and its device is the service's own while it lives. Safe for use from many threads at once.
/// </remarks>
public sealed class GenerationService : IGenerationListener, IDisposable
{
    private readonly CausalModel _model;
    private readonly GenerationServiceOptions _options;
    private readonly GenerationLoop _loop;
    private readonly KvCache _cache;
    private readonly PrefixIndex? _prefixes;
    private readonly Graph _graph;
    private readonly LoopLimits _limits;
    private readonly Thread _thread;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ServedRun> _runs = [];                           // all that have not ended, on the service's thread
    private readonly TokenDeliveries _deliveries;
    private readonly ThroughputMeter _meter;
    private List<ServedRun> _arrived = [];                                 // under the lock
    private List<ServedRun> _arriving = [];
    private long _requests;
    private int _waiting;
    private bool _stopping;
    private volatile bool _aborting;
    private volatile bool _hasCancelled;
    private GenerationServiceStatistics _statistics = new(0, 0, 0, 0, 0, 0, 0, 0, default);

    /// <param name="model">What answers; its owner disposes it after the service.</param>
    /// <param name="options">How much to take on.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the cache's memory does not hold two blocks.</exception>
    public GenerationService(CausalModel model, GenerationServiceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        _options = options ?? new();
        string faults = string.Join("; ", _options.Faults());
        if (faults.Length > 0)
            throw new ArgumentException(faults, nameof(options));
        _model = model;
        long blocks = Math.Min(
            _options.CacheBytes / KvCache.BytesPerBlock(model.Config), 2L * _options.MaxBatchSize * (KvCache.BlocksFor(model.ContextLength) + 1));
        if (blocks < 2)
        {
            throw new ArgumentException(
                $"the cache's memory of {_options.CacheBytes} bytes does not hold two blocks of {KvCache.BytesPerBlock(model.Config)}; give it more", nameof(options));
        }
        // A block stays over for the copy of a prompt's last one, so that a sequence of the whole context always fits.
        ContextLength = (int)Math.Min(model.ContextLength, (blocks - 1) * Tensors.KeyValueBlocks.BlockSize);
        _cache = new KvCache(model, (int)Math.Min(blocks, int.MaxValue));
        _prefixes = _options.ReusePrefixes ? new PrefixIndex(_cache) : null;
        _graph = new Graph(model.Device, record: false);
        _limits = new LoopLimits(_options.MaxBatchSize, _options.PrefillTokens, _options.MaxBatchSize, OnlyForFreePlaces: true);
        _loop = new GenerationLoop(model) { Time = _options.Time };
        _loop.Open(_cache, _graph, _limits, this, _prefixes);
        _meter = new ThroughputMeter(_options.Time);
        _deliveries = new TokenDeliveries(_options.Time, _options.DeliveryInterval, Finish);
        _thread = new Thread(Serve) { IsBackground = true, Name = "cerise-generation" };
        _thread.Start();
    }

    /// <summary>Most tokens of prompt and completion: the model's, or less where the cache holds less.</summary>
    public int ContextLength { get; }

    /// <summary>What it does now, and has done; a moment old, at most <see cref="GenerationServiceOptions.DeliveryInterval"/> while it works.</summary>
    public GenerationServiceStatistics Statistics => Volatile.Read(ref _statistics);

    /// <summary>Puts a request into the queue.</summary>
    /// <param name="request">Prompt, samples, seed.</param>
    /// <param name="options">How to sample; <see cref="SamplingOptions.MaxBatchSize"/> has no meaning here.</param>
    /// <param name="timeout">Most time until its last token; null for any.</param>
    /// <returns>Its tokens as they come. Dispose it to give the request up.</returns>
    /// <exception cref="GenerationException">The request is refused.</exception>
    public GenerationStream Submit(GenerationRequest request, SamplingOptions options, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(options);
        Check(request, options);
        GenerationStream stream = new(this, _options.Time, request.Samples, timeout);
        lock (_lock)
        {
            if (_stopping)
                throw new GenerationException(GenerationFault.Stopping, "the service is stopping and takes no more requests; ask another, or try again later");
            if (_waiting >= _options.MaxQueue)
                throw new GenerationException(GenerationFault.QueueFull, $"{_waiting} requests wait already, the limit is {_options.MaxQueue}; try again later");
            _waiting++;
            if (options.Guide is { } guide)
                options = options with { Guide = () => new GuardedGuide(guide, stream) };
            _arrived.Add(new ServedRun(_requests++, request, options, stream, ContextLength, _model.Config.VocabSize));
            _work.Release();
        }
        return stream;
    }

    /// <summary>Refuses new requests from now on, and waits until all accepted ones have ended.</summary>
    /// <param name="abort">Ends those that are left with <see cref="GenerationFault.Stopping"/>.</param>
    public async Task StopAsync(CancellationToken abort = default)
    {
        lock (_lock)
        {
            _stopping = true;
            Signal();
        }
        using CancellationTokenRegistration registration = abort.UnsafeRegister(static service => ((GenerationService)service!).Abort(), this);
        await _stopped.Task.ConfigureAwait(false);
    }

    /// <summary>Stops at once: requests that have not ended fail with <see cref="GenerationFault.Stopping"/>.</summary>
    public void Dispose()
    {
        Abort();
        _thread.Join();
        _graph.Dispose();
        _cache.Dispose();
        _work.Dispose();
    }

    void IGenerationListener.Drawn(RunningSequence sequence)
    {
        ServedRun run = (ServedRun)sequence.Request;
        GenerationStream stream = run.Stream;
        if (!stream.HasBegun)
        {
            stream.HasBegun = true;
            run.IsUrgent = true;
            lock (_lock)
                _waiting--;
        }
        LikeliestTokens? likeliest = sequence.Top is { } top ? new LikeliestTokens(top.Drawn, top.Ids.ToArray(), top.LogProbs.ToArray()) : null;
        _deliveries.Add(run, new DrawnToken(sequence.Sample, sequence.Ids[^1], sequence.LogProbs[^1], sequence.Finish, likeliest));
    }

    void IGenerationListener.Ended(RunningSequence sequence)
    {
        ServedRun run = (ServedRun)sequence.Request;
        run.IsUrgent = true;
        run.Stream.Unfinished--;
    }

    /// <summary>A stream was given up.</summary>
    internal void Cancelled()
    {
        _hasCancelled = true;
        lock (_lock)
            Signal();
    }

    private void Abort()
    {
        _aborting = true;
        lock (_lock)
        {
            _stopping = true;
            Signal();
        }
    }

    // Wakes the service's thread; under the lock, for the thread may have ended.
    private void Signal()
    {
        if (!_stopped.Task.IsCompleted)
            _work.Release();
    }

    private void Serve()
    {
        while (true)
        {
            bool stopping = Receive();
            if (_aborting)
                FailAll(new GenerationException(GenerationFault.Stopping, "the service was stopped before the request was finished"));
            GiveUp();
            if (_runs.Count == 0)
            {
                Tell();
                if (stopping)
                    break;
                _work.Wait();
                continue;
            }
            try
            {
                _loop.ComputePrompts();
                HandOver();
                _loop.Step();
            }
            catch (Exception error)
            {
                // Whatever it was, the next request begins with a clean cache.
                FailAll(new GenerationException(GenerationFault.Failed, error.Message, error));
            }
            HandOver();
        }
        lock (_lock)
            _stopped.SetResult();
    }

    // Takes over what has arrived; whether no more will come.
    private bool Receive()
    {
        bool stopping;
        lock (_lock)
        {
            (_arrived, _arriving) = (_arriving, _arrived);
            stopping = _stopping;
        }
        foreach (ServedRun run in _arriving)
        {
            _runs.Add(run);
            _loop.Submit(run);
        }
        _arriving.Clear();
        return stopping;
    }

    // Requests that were cancelled, are late, or whose guide has failed.
    private void GiveUp()
    {
        bool any = false;
        bool cancelled = _hasCancelled;
        _hasCancelled = false;
        foreach (ServedRun run in CollectionsMarshal.AsSpan(_runs))
        {
            bool late = run.Stream.IsLate;
            Exception? fault = run.Stream.GuideFault;
            if (!late && fault is null && !(cancelled && run.Stream.IsCancelled))
                continue;
            run.Abandoned = true;
            any = true;
            if (fault is not null)
                run.Stream.Fail(new GenerationException(GenerationFault.Failed, fault.Message, fault));
            else if (late)
                run.Stream.Fail(new GenerationException(GenerationFault.TimedOut, "the request took longer than it may; give it more time, or ask for less"));
        }
        if (!any)
            return;
        _loop.Sweep();
        foreach (ServedRun run in _runs)
            if (run.Abandoned)
                Count(run, finished: false);
        _runs.RemoveAll(static run => run.Abandoned);
        _deliveries.RemoveAbandoned();
    }

    private void HandOver()
    {
        if (_deliveries.HandOver(_runs.Count))
            Tell();
    }

    private void Finish(ServedRun run)
    {
        Count(run, finished: true);
        _runs.Remove(run);
    }

    private void FailAll(GenerationException fault)
    {
        foreach (ServedRun run in _runs)
        {
            run.Stream.Fail(fault);
            Count(run, finished: false);
        }
        _runs.Clear();
        _deliveries.Clear();
        _loop.Close();
        _cache.Clear();
        _prefixes?.Clear();
        _graph.Reset();
    }

    private void Count(ServedRun run, bool finished)
    {
        if (!run.Stream.HasBegun)
        {
            lock (_lock)
                _waiting--;
        }
        _statistics = finished ? _statistics with { Finished = _statistics.Finished + 1 } : _statistics with { GivenUp = _statistics.GivenUp + 1 };
    }

    private void Tell()
    {
        (int waiting, long requests) = (0, 0);
        lock (_lock)
            (waiting, requests) = (_waiting, _requests);
        GenerationStatistics work = _loop.Statistics;
        Volatile.Write(ref _statistics, _statistics with
        {
            Running = _loop.Running,
            Waiting = waiting,
            Requests = requests,
            ReusedPromptTokens = _loop.ReusedTokens,
            TokensPerSecond = _meter.Read(work.GenerationTokens, isIdle: _runs.Count == 0),
            CacheUse = 1 - ((double)(_cache.FreeBlocks + (_prefixes?.Unused ?? 0)) / _cache.Blocks),
            Work = work,
        });
    }

    private void Check(GenerationRequest request, SamplingOptions options)
    {
        string faults = string.Join("; ", options.Faults());
        if (faults.Length > 0)
            throw new GenerationException(GenerationFault.Invalid, faults);
        if (request.PromptIds.Count == 0)
            throw new GenerationException(GenerationFault.Invalid, "the prompt has no tokens; begin it with the BOS token or some text");
        if (request.Samples < 1 || request.Samples > _options.MaxSamples)
            throw new GenerationException(GenerationFault.Invalid, $"{request.Samples} samples of a prompt were asked for; use 1 to {_options.MaxSamples}");
        foreach (int id in request.PromptIds)
            if ((uint)id >= (uint)_model.Config.VocabSize)
                throw new GenerationException(GenerationFault.Invalid, $"the prompt has token {id}, the vocabulary ends at {_model.Config.VocabSize - 1}");
        if (request.PromptIds.Count >= ContextLength)
        {
            throw new GenerationException(
                GenerationFault.PromptTooLong, $"the prompt has {request.PromptIds.Count} tokens, the context is {ContextLength} with its completion; shorten the prompt");
        }
    }
}
