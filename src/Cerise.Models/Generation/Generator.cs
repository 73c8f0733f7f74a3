using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Generation;

/// <summary>Samples completions with a block-wise cache and continuous batching.</summary>
/// <remarks>
/// A prompt is computed once for all its samples, which share its full blocks; whenever a completion ends, the next waiting one takes its place.
/// A completion depends only on its request and sample index, not on its batch mates, the batch size or the order of requests.
/// The memory of cache and activations is kept for the next call, until <see cref="Dispose"/>. One call at a time.
/// </remarks>
/// <param name="model">The policy.</param>
public sealed class Generator(CausalModel model) : IDisposable
{
    /// <summary>Tokens of prompts computed in one forward pass: enough for the matrix products to run at full speed.</summary>
    private const int PrefillTokens = 2048;

    private readonly GenerationLoop _loop = new(model);
    private KvCache? _cache;
    private Graph? _graph;
    private int _calls;

    /// <summary>Told the time, for <see cref="Statistics"/>. Default the system's clock.</summary>
    public TimeProvider Time
    {
        get => _loop.Time;
        init => _loop = new GenerationLoop(model) { Time = value };
    }

    /// <summary>How full the batch was in the last call, and how fast.</summary>
    public GenerationStatistics Statistics => _loop.Statistics;

    /// <summary>Memory the cache may take, bytes; fewer sequences run at once where their keys and values would take more.</summary>
    internal long CacheBudget { get; init; } = 1L << 31;

    /// <summary>Makes the cache of so many blocks.</summary>
    internal Func<int, KvCache> NewCache { get; init; } = blocks => new KvCache(model, blocks);

    /// <summary>Makes the graph of the forward passes.</summary>
    internal Func<Graph> NewGraph { get; init; } = () => new Graph(model.Device, record: false);

    /// <summary>Samples all completions of all requests.</summary>
    /// <param name="requests">Prompts.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="finished">Told about each completion as it ends: request, sample, completion.</param>
    /// <param name="drawn">Told about each token as it is drawn: request, sample, id. Tokens of one sample come in order.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <returns>For each request, its completions in the order of their sample index.</returns>
    /// <exception cref="ArgumentException">A setting is out of range, or a prompt is empty or leaves no room in the context.</exception>
    /// <exception cref="ShapeException">A prompt has a token outside the vocabulary.</exception>
    /// <exception cref="InvalidOperationException">This generator is in the midst of another call.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; completions told about until then are whole.</exception>
    public IReadOnlyList<IReadOnlyList<Completion>> Generate(
        IReadOnlyList<GenerationRequest> requests, SamplingOptions options, Action<int, int, Completion>? finished = null,
        Action<int, int, int>? drawn = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(options);
        Check(requests, options);
        if (Interlocked.CompareExchange(ref _calls, 1, 0) != 0)
            throw new InvalidOperationException("this generator is in the midst of another call; make one for each caller");
        try
        {
            _loop.Statistics = default;
            Call call = new(requests, options, finished, drawn, cancellation);
            if (requests.Count > 0)
                Run(call);
            return call.Results;
        }
        finally
        {
            _loop.Close();
            _cache?.Clear();
            _graph?.Reset();
            Volatile.Write(ref _calls, 0);
        }
    }

    /// <summary>Gives the memory back. The generator can be used again, and then takes new memory.</summary>
    public void Dispose()
    {
        _cache?.Dispose();
        _graph?.Dispose();
        (_cache, _graph) = (null, null);
    }

    private void Run(Call call)
    {
        (IReadOnlyList<GenerationRequest> requests, SamplingOptions options) = (call.Requests, call.Options);
        int longest = requests.Max(request => request.PromptIds.Count + Math.Min(options.MaxNewTokens, model.ContextLength - request.PromptIds.Count));
        int perSequence = KvCache.BlocksFor(longest) + 1;
        long room = CacheBudget / (KvCache.BytesPerBlock(model.Config) * 2 * perSequence);
        int places = (int)Math.Clamp(room, 1, Math.Min(options.MaxBatchSize, requests.Sum(request => (long)request.Samples)));
        int promptsAtOnce = Math.Min(Math.Min(places, requests.Count), (PrefillTokens / requests.Min(request => request.PromptIds.Count)) + 1);
        int perPrompt = KvCache.BlocksFor(requests.Max(request => request.PromptIds.Count));
        LoopLimits limits = new(places, PrefillTokens, promptsAtOnce, OnlyForFreePlaces: false);
        _loop.Open(CacheOf((perSequence * places) + (perPrompt * promptsAtOnce)), _graph ??= NewGraph(), limits, call);
        int number = 0;
        foreach (int index in PromptOrder.LongestFirst(requests, options.MaxNewTokens, model.ContextLength))
            _loop.Submit(new OfflineRun(index, number++, requests[index], options, model));
        while (!_loop.IsIdle)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            _loop.ComputePrompts();
            _loop.Step();
        }
    }

    private KvCache CacheOf(int blocks)
    {
        if (_cache is null || _cache.Blocks < blocks)
        {
            _cache?.Dispose();
            _cache = null;
            _cache = NewCache(blocks);
        }
        return _cache;
    }

    private void Check(IReadOnlyList<GenerationRequest> requests, SamplingOptions options)
    {
        string faults = string.Join("; ", options.Faults());
        if (faults.Length > 0)
            throw new ArgumentException(faults, nameof(options));
        foreach (GenerationRequest request in requests)
        {
            if (request.PromptIds.Count == 0)
                throw new ArgumentException("a prompt has no tokens; begin it with the BOS token or some text", nameof(requests));
            if (request.PromptIds.Count >= model.ContextLength)
            {
                throw new ArgumentException(
                    $"a prompt has {request.PromptIds.Count} tokens, the model's context is {model.ContextLength}; shorten the prompt",
                    nameof(requests));
            }
            if (request.Samples < 1)
                throw new ArgumentException($"{request.Samples} samples of a prompt were asked for; use 1 or more", nameof(requests));
        }
    }

    // What one call asks for and gets.
    private sealed record Call(
        IReadOnlyList<GenerationRequest> Requests, SamplingOptions Options, Action<int, int, Completion>? Finished, Action<int, int, int>? Told,
        CancellationToken Cancellation) : IGenerationListener
    {
        public Completion[][] Results { get; } = [.. Requests.Select(request => new Completion[request.Samples])];

        public void Drawn(RunningSequence sequence) => Told?.Invoke(((OfflineRun)sequence.Request).Place, sequence.Sample, sequence.Ids[^1]);

        public void Ended(RunningSequence sequence)
        {
            int place = ((OfflineRun)sequence.Request).Place;
            Completion completion = new(sequence.Ids.ToArray(), sequence.LogProbs.ToArray(), sequence.Finish!.Value);
            Results[place][sequence.Sample] = completion;
            Finished?.Invoke(place, sequence.Sample, completion);
        }
    }

    // A request at its place among the caller's; its number is its place in the order of computing.
    private sealed class OfflineRun(int place, int number, GenerationRequest request, SamplingOptions options, CausalModel model)
        : RequestRun(number, request, options, model.ContextLength, model.Config.VocabSize)
    {
        public int Place => place;
    }
}
