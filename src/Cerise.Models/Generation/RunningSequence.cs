using System.Runtime.InteropServices;
using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>A completion in the making.</summary>
internal sealed class RunningSequence
{
    // Room for the tokens to come is made when the completion begins, up to this many; longer ones grow by doubling.
    private const int RoomAtFirst = 4096;

    private readonly PromptBlocks _prompt;
    private readonly SamplingRow _row;
    private readonly List<int> _seen;
    private readonly int _most;
    private bool _entered;

    /// <param name="request">Number of the request.</param>
    /// <param name="sample">Number of the sample.</param>
    /// <param name="source">The request.</param>
    /// <param name="prompt">Its prompt's keys and values.</param>
    /// <param name="options">How to sample.</param>
    /// <param name="most">Most tokens of the completion.</param>
    public RunningSequence(int request, int sample, GenerationRequest source, PromptBlocks prompt, SamplingOptions options, int most)
    {
        Request = request;
        Sample = sample;
        _prompt = prompt;
        _most = most;
        int room = Math.Min(most, RoomAtFirst);
        Ids = new List<int>(room);
        LogProbs = new List<float>(room);
        _seen = options.RepetitionPenalty == 1 ? [] : new List<int>(source.PromptIds.Count + room);
        if (options.RepetitionPenalty != 1)
            _seen.AddRange(source.PromptIds);
        _row = new SamplingRow
        {
            Seed = source.Seed.Fork(sample),
            Temperature = options.Temperature,
            TopK = options.TopK,
            TopP = options.TopP,
            MinP = options.MinP,
            RepetitionPenalty = options.RepetitionPenalty,
            Penalized = _seen,
        };
    }

    public int Request { get; }

    public int Sample { get; }

    public List<int> Ids { get; }

    public List<float> LogProbs { get; }

    public FinishReason? Finish { get; private set; }

    /// <summary>Where the keys and values of its positions lie.</summary>
    public List<int> Blocks { get; private set; } = [];

    /// <summary>Position of the newest token, whose keys are not yet in the cache.</summary>
    public int Position => _prompt.Length + Ids.Count - 1;

    /// <summary>How the next token is drawn.</summary>
    public SamplingRow Row => _row with { Draw = Ids.Count };

    public void Append(int id, float logProb, SamplingOptions options, ReadOnlySpan<int> stops)
    {
        Ids.Add(id);
        LogProbs.Add(logProb);
        if (options.RepetitionPenalty != 1)
            _seen.Add(id);
        if (stops.Contains(id) || options.StopWhen?.Invoke(Ids) == true)
            Finish = FinishReason.Stop;
        else if (Ids.Count >= _most)
            Finish = FinishReason.Length;
    }

    /// <summary>Takes a place in the batch.</summary>
    public void Enter(KvCache cache)
    {
        Blocks = _prompt.Split(cache, KvCache.BlocksFor(_prompt.Length + _most));
        _prompt.Done(cache);
        _entered = true;
    }

    /// <summary>Plans the row of the newest token, for which there is a block from now on.</summary>
    public void Plan(AttentionPlan plan, KvCache cache)
    {
        while (Blocks.Count < KvCache.BlocksFor(Position + 1))
            Blocks.Add(cache.Take());
        plan.Add(1, Position, CollectionsMarshal.AsSpan(Blocks));
    }

    /// <summary>Gives the place in the batch back.</summary>
    public void Leave(KvCache cache)
    {
        if (_entered)
            cache.Release(Blocks);
        else
            _prompt.Done(cache);
    }
}
