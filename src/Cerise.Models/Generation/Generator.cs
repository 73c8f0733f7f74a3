using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Generation;

/// <summary>Samples completions with a block-wise cache and continuous batching.</summary>
/// <remarks>
/// A prompt is computed once for all its samples, which share its full blocks; whenever a completion ends, the next waiting one takes its place.
/// A completion depends only on its request and sample index, not on its batch mates, the batch size or the order of requests.
/// </remarks>
/// <param name="model">The policy.</param>
public sealed class Generator(CausalModel model)
{
    /// <summary>Tokens of prompts computed in one forward pass.</summary>
    private const int PrefillTokens = 2048;

    /// <summary>Memory the cache may take, bytes; fewer sequences run at once where their keys and values would take more.</summary>
    internal long CacheBudget { get; init; } = 1L << 31;

    /// <summary>Makes the cache of so many blocks.</summary>
    internal Func<int, KvCache> NewCache { get; init; } = blocks => new KvCache(model, blocks);

    /// <summary>Makes the graph of one call's forward passes.</summary>
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
    /// <exception cref="OperationCanceledException">It was cancelled; completions told about until then are whole.</exception>
    public IReadOnlyList<IReadOnlyList<Completion>> Generate(
        IReadOnlyList<GenerationRequest> requests, SamplingOptions options, Action<int, int, Completion>? finished = null,
        Action<int, int, int>? drawn = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(options);
        Check(requests, options);
        Completion[][] results = [.. requests.Select(request => new Completion[request.Samples])];
        if (requests.Count == 0)
            return results;

        int longest = requests.Max(request => (int)Math.Min((long)request.PromptIds.Count + options.MaxNewTokens, model.ContextLength));
        int perSequence = KvCache.BlocksFor(longest) + 1;
        long room = CacheBudget / (KvCache.BytesPerBlock(model.Config) * 2 * perSequence);
        int batch = (int)Math.Clamp(room, 1, Math.Min(options.MaxBatchSize, requests.Sum(request => request.Samples)));
        int promptsAtOnce = Math.Min(Math.Min(batch, requests.Count), (PrefillTokens / requests.Min(request => request.PromptIds.Count)) + 1);
        int perPrompt = KvCache.BlocksFor(requests.Max(request => request.PromptIds.Count));
        using KvCache cache = NewCache((perSequence * batch) + (perPrompt * promptsAtOnce));
        using Graph graph = NewGraph();
        Queue<int> unread = new(Enumerable.Range(0, requests.Count));
        Queue<RunningSequence> waiting = new();
        List<RunningSequence> running = [];

        while (unread.Count > 0 || waiting.Count > 0 || running.Count > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (waiting.Count == 0 && unread.Count > 0 && running.Count < batch)
                Prefill(graph, cache, requests, options, unread, promptsAtOnce, waiting, drawn);
            while (waiting.Count > 0 && (running.Count < batch || waiting.Peek().Finish is not null))
            {
                RunningSequence sequence = waiting.Dequeue();
                if (sequence.Finish is null)
                    sequence.Enter(cache);
                running.Add(sequence);
            }
            Retire(running, cache, results, finished);
            if (running.Count > 0)
                Decode(graph, cache, options, running, drawn);
            Retire(running, cache, results, finished);
        }
        return results;
    }

    // Computes the next prompts, and draws the first token of each of their samples.
    private void Prefill(
        Graph graph, KvCache cache, IReadOnlyList<GenerationRequest> requests, SamplingOptions options, Queue<int> unread, int promptsAtOnce,
        Queue<RunningSequence> waiting, Action<int, int, int>? drawn)
    {
        AttentionPlan plan = new();
        List<int> ids = [];
        List<int> lastRows = [];
        List<RunningSequence> sequences = [];
        do
        {
            int index = unread.Dequeue();
            GenerationRequest request = requests[index];
            int[] blocks = [.. Enumerable.Range(0, KvCache.BlocksFor(request.PromptIds.Count)).Select(_ => cache.Take())];
            plan.Add(request.PromptIds.Count, 0, blocks);
            ids.AddRange(request.PromptIds);
            PromptBlocks shared = new(blocks, request.PromptIds.Count, request.Samples);
            for (int sample = 0; sample < request.Samples; sample++)
            {
                sequences.Add(new RunningSequence(index, sample, request, shared));
                lastRows.Add(ids.Count - 1);
            }
        }
        while (unread.TryPeek(out int next) && plan.Sequences < promptsAtOnce
            && ids.Count + requests[next].PromptIds.Count <= PrefillTokens);
        Tensor hidden = model.HiddenStates(graph, NewIndices(ids), plan, cache);
        Draw(hidden.GatherRows(NewIndices(lastRows)), sequences, options, drawn);
        foreach (RunningSequence sequence in sequences)
            waiting.Enqueue(sequence);
        graph.Reset();
    }

    // One more token for every running sequence.
    private void Decode(Graph graph, KvCache cache, SamplingOptions options, List<RunningSequence> running, Action<int, int, int>? drawn)
    {
        AttentionPlan plan = new();
        int[] ids = new int[running.Count];
        for (int i = 0; i < running.Count; i++)
        {
            RunningSequence sequence = running[i];
            ids[i] = sequence.Ids[^1];
            sequence.MakeRoom(cache);
            plan.Add(1, sequence.Position, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(sequence.Blocks));
        }
        Tensor hidden = model.HiddenStates(graph, new Indices(ids), plan, cache);
        Draw(hidden, running, options, drawn);
        graph.Reset();
    }

    private void Draw(Tensor hidden, List<RunningSequence> sequences, SamplingOptions options, Action<int, int, int>? drawn)
    {
        SamplingRow[] rows = [.. sequences.Select(sequence => sequence.Row(options))];
        int[] ids = new int[rows.Length];
        float[] logProbs = new float[rows.Length];
        model.Sample(hidden, rows, ids, logProbs);
        for (int i = 0; i < rows.Length; i++)
        {
            sequences[i].Append(ids[i], logProbs[i], options, model.ContextLength);
            drawn?.Invoke(sequences[i].Request, sequences[i].Sample, ids[i]);
        }
    }

    private static void Retire(List<RunningSequence> running, KvCache cache, Completion[][] results, Action<int, int, Completion>? finished)
    {
        foreach (RunningSequence sequence in running)
        {
            if (sequence.Finish is not { } reason)
                continue;
            Completion completion = new(sequence.Ids, sequence.LogProbs, reason);
            results[sequence.Request][sequence.Sample] = completion;
            sequence.Leave(cache);
            finished?.Invoke(sequence.Request, sequence.Sample, completion);
        }
        running.RemoveAll(sequence => sequence.Finish is not null);
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
}
