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

    /// <summary>Logits made at once of a prefill's prompts, and again of its samples: 16 MB.</summary>
    private const int PrefillLogits = 1 << 22;

    private readonly DecodeBatch _batch = new(model);
    private readonly TokenDraws _draws = new(model);
    private KvCache? _cache;
    private Graph? _graph;
    private int _calls;

    /// <summary>Told the time, for <see cref="Statistics"/>. Default the system's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How full the batch was in the last call, and how fast.</summary>
    public GenerationStatistics Statistics { get; private set; }

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
            Statistics = default;
            Call call = new(requests, options, finished, drawn, cancellation);
            if (requests.Count > 0)
                Run(call);
            return call.Results;
        }
        finally
        {
            _batch.Running.Clear();
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
        int longest = requests.Max(request => request.PromptIds.Count + Room(request, options));
        int perSequence = KvCache.BlocksFor(longest) + 1;
        long room = CacheBudget / (KvCache.BytesPerBlock(model.Config) * 2 * perSequence);
        int places = (int)Math.Clamp(room, 1, Math.Min(options.MaxBatchSize, requests.Sum(request => (long)request.Samples)));
        int promptsAtOnce = Math.Min(Math.Min(places, requests.Count), (PrefillTokens / requests.Min(request => request.PromptIds.Count)) + 1);
        int perPrompt = KvCache.BlocksFor(requests.Max(request => request.PromptIds.Count));
        KvCache cache = CacheOf((perSequence * places) + (perPrompt * promptsAtOnce));
        Graph graph = _graph ??= NewGraph();
        WaitingPrompts unread = new(requests, options.MaxNewTokens, model.ContextLength);
        Queue<RunningSequence> waiting = new();

        while (unread.Count > 0 || waiting.Count > 0 || _batch.Running.Count > 0)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            if (waiting.Count == 0 && unread.Count > 0 && _batch.Running.Count < places)
                Prefill(call, graph, cache, unread, promptsAtOnce, waiting);
            while (waiting.TryPeek(out RunningSequence? next) && (_batch.Running.Count < places || next.Finish is not null))
            {
                waiting.Dequeue();
                if (next.Finish is null)
                {
                    next.Enter(cache);
                    _batch.Running.Add(next);
                }
                else
                    End(call, cache, next);
            }
            if (_batch.Running.Count > 0)
                Decode(call, graph, cache, places);
        }
    }

    // Computes the next prompts, and draws the first token of each of their samples.
    private void Prefill(Call call, Graph graph, KvCache cache, WaitingPrompts unread, int promptsAtOnce, Queue<RunningSequence> waiting)
    {
        long began = Time.GetTimestamp();
        AttentionPlan plan = new();
        List<int> ids = [];
        List<int> lastRows = [];
        List<int> prompts = [];
        List<RunningSequence> sequences = [];
        int rowsAtOnce = Math.Max(1, PrefillLogits / model.Config.VocabSize);
        do
        {
            int index = unread.Take();
            GenerationRequest request = call.Requests[index];
            int[] blocks = [.. Enumerable.Range(0, KvCache.BlocksFor(request.PromptIds.Count)).Select(_ => cache.Take())];
            plan.Add(request.PromptIds.Count, 0, blocks);
            ids.AddRange(request.PromptIds);
            PromptBlocks shared = new(blocks, request.PromptIds.Count, request.Samples);
            for (int sample = 0; sample < request.Samples; sample++)
            {
                prompts.Add(lastRows.Count);
                sequences.Add(new RunningSequence(index, sample, request, shared, call.Options, Room(request, call.Options)));
            }
            lastRows.Add(ids.Count - 1);
        }
        while (unread.TryPeek(out int next) && plan.Sequences < Math.Min(promptsAtOnce, rowsAtOnce)
            && ids.Count + call.Requests[next].PromptIds.Count <= PrefillTokens);
        // A prompt's last row goes through the head once, whatever the number of its samples.
        Tensor logits = model.Logits(model.HiddenStates(graph, NewIndices(ids), plan, cache), NewIndices(lastRows));
        Tensor? copies = null;
        for (int first = 0; first < sequences.Count; first += rowsAtOnce)
        {
            int count = Math.Min(rowsAtOnce, sequences.Count - first);
            if (copies?.Shape.Rows != count)
                copies = graph.New(new Shape(count, model.Config.VocabSize));
            model.Device.GatherRows(logits, NewIndices(prompts.GetRange(first, count)), copies);
            _draws.FromLogits(copies, sequences, first, count);
            Append(call, sequences, first, count);
        }
        foreach (RunningSequence sequence in sequences)
            waiting.Enqueue(sequence);
        graph.Reset();
        Statistics += new GenerationStatistics
        {
            PromptTokens = ids.Count,
            GenerationTokens = sequences.Count,
            PromptSeconds = Time.GetElapsedTime(began).TotalSeconds,
        };
    }

    // One more token for every running sequence.
    private void Decode(Call call, Graph graph, KvCache cache, int places)
    {
        long began = Time.GetTimestamp();
        int count = _batch.Running.Count;
        _draws.FromHidden(_batch.Step(graph, cache), _batch.Running);
        graph.Reset();
        if (Append(call, _batch.Running, 0, count))
        {
            foreach (RunningSequence sequence in _batch.Running)
                if (sequence.Finish is not null)
                    End(call, cache, sequence);
            _batch.Running.RemoveAll(static sequence => sequence.Finish is not null);
        }
        Statistics += new GenerationStatistics
        {
            GenerationTokens = count,
            Steps = 1,
            FilledPlaces = count,
            Places = places,
            StepSeconds = Time.GetElapsedTime(began).TotalSeconds,
        };
    }

    // Takes over what was drawn; whether any sequence has ended.
    private bool Append(Call call, List<RunningSequence> sequences, int first, int count)
    {
        bool ended = false;
        for (int i = 0; i < count; i++)
        {
            RunningSequence sequence = sequences[first + i];
            sequence.Append(_draws.Ids[i], _draws.LogProbs[i], call.Options, call.Stops);
            call.Drawn?.Invoke(sequence.Request, sequence.Sample, _draws.Ids[i]);
            ended |= sequence.Finish is not null;
        }
        return ended;
    }

    private static void End(Call call, KvCache cache, RunningSequence sequence)
    {
        Completion completion = new(sequence.Ids.ToArray(), sequence.LogProbs.ToArray(), sequence.Finish!.Value);
        call.Results[sequence.Request][sequence.Sample] = completion;
        sequence.Leave(cache);
        call.Finished?.Invoke(sequence.Request, sequence.Sample, completion);
    }

    // Most new tokens of a request.
    private int Room(GenerationRequest request, SamplingOptions options) => Math.Min(options.MaxNewTokens, model.ContextLength - request.PromptIds.Count);

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

    private static Indices NewIndices(List<int> values) => new(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values));

    // What one call asks for and gets.
    private sealed record Call(
        IReadOnlyList<GenerationRequest> Requests, SamplingOptions Options, Action<int, int, Completion>? Finished, Action<int, int, int>? Drawn,
        CancellationToken Cancellation)
    {
        public Completion[][] Results { get; } = [.. Requests.Select(request => new Completion[request.Samples])];

        public int[] Stops { get; } = [.. Options.StopIds];
    }
}
