using System.Runtime.InteropServices;
using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>A completion in the making.</summary>
internal sealed class RunningSequence
{
    // Room for the tokens to come is made when the completion begins, up to this many; longer ones grow by doubling.
    private const int RoomAtFirst = 4096;

    private readonly SamplingRow _row;
    private readonly List<int> _seen;
    private readonly ICompletionGuide? _guide;
    private readonly LogitChanges? _changes;
    private readonly ulong[] _allowed;
    private readonly bool _alwaysChanges;

    /// <param name="request">The request.</param>
    /// <param name="sample">Number of the sample.</param>
    public RunningSequence(RequestRun request, int sample)
    {
        Request = request;
        Sample = sample;
        SamplingOptions options = request.Options;
        int room = Math.Min(request.Room, RoomAtFirst);
        Ids = new List<int>(room);
        LogProbs = new List<float>(room);
        _seen = options.RepetitionPenalty == 1 ? [] : new List<int>(request.Request.PromptIds.Count + room);
        if (options.RepetitionPenalty != 1)
            _seen.AddRange(request.Request.PromptIds);
        _guide = options.Guide?.Invoke();
        _allowed = _guide is null ? [] : new ulong[(request.Vocab + 63) / 64];
        _alwaysChanges = options.PresencePenalty != 0 || options.FrequencyPenalty != 0 || options.LogitBias is { Count: > 0 };
        if (_alwaysChanges || _guide is not null)
            _changes = new LogitChanges(options.LogitBias) { PresencePenalty = options.PresencePenalty, FrequencyPenalty = options.FrequencyPenalty };
        Top = options.TopLogProbs is { } count ? new TopTokens(count) : null;
        _row = new SamplingRow
        {
            Seed = request.Request.Seed.Fork(sample),
            Temperature = options.Temperature,
            TopK = options.TopK,
            TopP = options.TopP,
            MinP = options.MinP,
            RepetitionPenalty = options.RepetitionPenalty,
            Penalized = _seen,
            Changes = _alwaysChanges ? _changes : null,
            Top = Top,
        };
    }

    public RequestRun Request { get; }

    public int Sample { get; }

    public List<int> Ids { get; }

    public List<float> LogProbs { get; }

    /// <summary>The likeliest tokens where the newest was drawn; null where nobody asks for them.</summary>
    public TopTokens? Top { get; }

    public FinishReason? Finish { get; private set; }

    /// <summary>Where the keys and values of its positions lie.</summary>
    public List<int> Blocks { get; private set; } = [];

    /// <summary>Position of the newest token, whose keys are not yet in the cache.</summary>
    public int Position => Request.Request.PromptIds.Count + Ids.Count - 1;

    /// <summary>Whether the newest token needs a new block.</summary>
    public bool NeedsBlock => Blocks.Count < KvCache.BlocksFor(Position + 1);

    /// <summary>The tokens whose keys and values are in the cache: all but the newest.</summary>
    public int[] ComputedIds => [.. Request.Request.PromptIds, .. CollectionsMarshal.AsSpan(Ids)[..^1]];

    /// <summary>How the next token is drawn. Ask once for each: the guide is asked what may come.</summary>
    public SamplingRow NextRow()
    {
        if (_guide is null)
            return _row with { Draw = Ids.Count };
        _changes!.Allowed = _guide.Constrain(_allowed) ? _allowed : null;
        return _row with { Draw = Ids.Count, Changes = _alwaysChanges || _changes.Allowed is not null ? _changes : null };
    }

    /// <summary>Takes over the token drawn.</summary>
    public void Append(int id, float logProb)
    {
        Ids.Add(id);
        LogProbs.Add(logProb);
        if (Request.Options.RepetitionPenalty != 1)
            _seen.Add(id);
        _changes?.See(id);
        if (Request.Stops.Contains(id) || _guide?.Append(id) == true)
            Finish = FinishReason.Stop;
        else if (Ids.Count >= Request.Room)
            Finish = FinishReason.Length;
    }

    /// <summary>Goes on from blocks that hold the keys of all tokens but the newest.</summary>
    public void Enter(List<int> blocks) => Blocks = blocks;

    /// <summary>Plans the row of the newest token, for which there is a block from now on.</summary>
    public void Plan(AttentionPlan plan, KvCache cache)
    {
        if (NeedsBlock)
            Blocks.Add(cache.Take());
        plan.Add(1, Position, CollectionsMarshal.AsSpan(Blocks));
    }

    /// <summary>Gives the blocks back.</summary>
    public void Leave(KvCache cache)
    {
        cache.Release(Blocks);
        Blocks = [];
    }
}
