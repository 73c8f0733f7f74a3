using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>A text whose keys and values are to be computed, for the sequences of one request that go on from its end.</summary>
/// <remarks>That is the prompt, for all samples; or, for a sequence that had to give its blocks up, prompt and completion so far.</remarks>
internal sealed class PromptRun
{
    private List<RunningSequence>? _sequences;
    private List<int> _blocks = [];

    /// <summary>A prompt of which no token is drawn yet.</summary>
    public PromptRun(RequestRun request) => (Request, Ids, Draws) = (request, request.Request.PromptIds, true);

    /// <summary>A text whose keys and values were given up.</summary>
    /// <param name="request">Whose.</param>
    /// <param name="ids">Its tokens.</param>
    /// <param name="sequences">Those that go on from its end; the token after it is drawn.</param>
    public PromptRun(RequestRun request, IReadOnlyList<int> ids, List<RunningSequence> sequences) => (Request, Ids, _sequences) = (request, ids, sequences);

    public RequestRun Request { get; }

    public IReadOnlyList<int> Ids { get; }

    /// <summary>Whether the sequences have no token yet: their first is drawn from the last row.</summary>
    public bool Draws { get; }

    /// <summary>The sequences that have not gone on yet; made when they are first asked for, for many prompts may wait.</summary>
    public List<RunningSequence> Sequences => _sequences ??= Request.NewSequences();

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    public int Computed { get; set; }

    /// <summary>Where they lie; none before it has begun.</summary>
    public IReadOnlyList<int> Blocks => _blocks;

    public bool HasBegun => _blocks.Count > 0;

    /// <summary>Whether the next sequence to go on needs a free block, for a copy of the part-filled last one. The last takes that itself.</summary>
    public bool NeedsCopy => Sequences.Count > 1 && Ids.Count % KeyValueBlocks.BlockSize > 0;

    /// <summary>Takes blocks for all tokens.</summary>
    /// <param name="cache">Has as many free ones.</param>
    /// <param name="known">Blocks of its first tokens that hold their keys already, each in use for it.</param>
    public void Begin(KvCache cache, List<int> known)
    {
        _blocks = known;
        Computed = known.Count * KeyValueBlocks.BlockSize;
        while (_blocks.Count < KvCache.BlocksFor(Ids.Count))
            _blocks.Add(cache.Take());
    }

    /// <summary>Lets the next sequence go on: full blocks shared, a part-filled last one copied.</summary>
    public RunningSequence Next(KvCache cache)
    {
        RunningSequence next = Sequences[0];
        bool isLast = Sequences.Count == 1;
        List<int> own = new(KvCache.BlocksFor(Request.Request.PromptIds.Count + Request.Room));
        int full = isLast ? _blocks.Count : Ids.Count / KeyValueBlocks.BlockSize;
        for (int i = 0; i < full; i++)
            own.Add(isLast ? _blocks[i] : cache.Share(_blocks[i]));
        if (full < _blocks.Count)
            own.Add(cache.Copy(_blocks[full]));
        if (isLast)
            _blocks = [];
        Sequences.RemoveAt(0);
        next.Enter(own);
        return next;
    }

    /// <summary>Gives the blocks back, and what was computed with them.</summary>
    public void Release(KvCache cache)
    {
        cache.Release(_blocks);
        _blocks = [];
        Computed = 0;
    }
}
