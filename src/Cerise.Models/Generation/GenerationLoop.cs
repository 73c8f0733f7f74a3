using Cerise.Tensors.Autograd;

namespace Cerise.Models.Generation;

/// <summary>Continuous batching: passes that compute prompts, and steps that make one token for every running sequence, in turn.</summary>
/// <remarks>
/// A prompt waits in <c>_waiting</c> until its keys are computed, in one pass or several; its sequences are then <c>_ready</c> and take free places of the batch.
/// Where the cache runs short, the youngest request gives its blocks up and is computed again later: that changes no bit, since no row depends on how its keys
/// came to be. The oldest is never interrupted, and the cache holds at least its longest sequence and one block, so there is always one that gets on.
/// One thread at a time. A step in which no sequence begins or ends allocates nothing.
/// </remarks>
internal sealed partial class GenerationLoop(CausalModel model)
{
    private readonly DecodeBatch _batch = new(model);
    private readonly TokenDraws _draws = new(model);
    private readonly LinkedList<PromptRun> _waiting = [];                  // by number of the request
    private readonly List<PromptRun> _ready = [];
    private KvCache _cache = null!;
    private Graph _graph = null!;
    private LoopLimits _limits;
    private IGenerationListener _listener = null!;
    private PrefixIndex? _prefixes;

    /// <summary>Told the time, for <see cref="Statistics"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What was done since <see cref="Open"/>.</summary>
    public GenerationStatistics Statistics { get; set; }

    /// <summary>Prompt tokens that were not computed since <see cref="Open"/>, because their keys were still in the cache.</summary>
    public long ReusedTokens { get; private set; }

    /// <summary>Sequences that run.</summary>
    public int Running => _batch.Running.Count;

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsIdle => Running == 0 && _ready.Count == 0 && _waiting.Count == 0;

    /// <summary>Begins anew, with nothing running.</summary>
    /// <param name="cache">Where keys and values go; all blocks free but those of <paramref name="prefixes"/>.</param>
    /// <param name="graph">Memory of the passes.</param>
    /// <param name="limits">How much at once.</param>
    /// <param name="listener">Told what is made.</param>
    /// <param name="prefixes">Finds blocks of earlier texts; null where none is reused.</param>
    public void Open(KvCache cache, Graph graph, LoopLimits limits, IGenerationListener listener, PrefixIndex? prefixes = null)
    {
        Close();
        (_cache, _graph, _limits, _listener, _prefixes) = (cache, graph, limits, listener, prefixes);
        Statistics = default;
        ReusedTokens = 0;
    }

    /// <summary>Forgets everything that runs or waits. The cache's blocks are the owner's to free.</summary>
    public void Close()
    {
        _batch.Running.Clear();
        _waiting.Clear();
        _ready.Clear();
    }

    /// <summary>Adds a request, behind those of lower numbers.</summary>
    public void Submit(RequestRun request) => Insert(new PromptRun(request));

    /// <summary>Frees the places and blocks of abandoned requests.</summary>
    public void Sweep()
    {
        foreach (RunningSequence sequence in _batch.Running)
            if (sequence.Request.Abandoned)
                Leave(sequence);
        _batch.Running.RemoveAll(static sequence => sequence.Request.Abandoned);
        foreach (PromptRun prompt in _ready)
            if (prompt.Request.Abandoned)
                prompt.Release(_cache);
        _ready.RemoveAll(static prompt => prompt.Request.Abandoned);
        for (LinkedListNode<PromptRun>? node = _waiting.First, next; node is not null; node = next)
        {
            next = node.Next;
            if (!node.Value.Request.Abandoned)
                continue;
            node.Value.Release(_cache);
            _waiting.Remove(node);
        }
    }

    /// <summary>At most one pass over prompts that wait, and the first token of those it completes.</summary>
    public void ComputePrompts()
    {
        if (_ready.Count == 0 && _waiting.Count > 0 && Running < _limits.Places)
            Prefill();
    }

    /// <summary>One token for every running sequence, those of computed prompts included as far as there is place.</summary>
    public void Step()
    {
        Admit();
        if (Running > 0)
            Decode();
    }

    // Sequences whose prompt is computed take free places.
    private void Admit()
    {
        while (_ready.Count > 0 && Running < _limits.Places)
        {
            PromptRun prompt = _ready[0];
            if (prompt.NeedsCopy && !HasFree(1))
            {
                if (Running > 0)
                    return;
                GiveWay();
                continue;
            }
            _batch.Running.Add(prompt.Next(_cache));
            if (prompt.Sequences.Count == 0)
            {
                prompt.Release(_cache);
                _ready.RemoveAt(0);
            }
        }
    }

    // One more token for every running sequence.
    private void Decode()
    {
        long began = Time.GetTimestamp();
        while (!HasFree(NewBlocks()))
            GiveWay();
        int count = Running;
        if (count == 0)
            return;
        _draws.FromHidden(_batch.Step(_graph, _cache), _batch.Running);
        _graph.Reset();
        if (Append(_batch.Running, 0, count))
        {
            foreach (RunningSequence sequence in _batch.Running)
                if (sequence.Finish is not null)
                {
                    Leave(sequence);
                    _listener.Ended(sequence);
                }
            _batch.Running.RemoveAll(static sequence => sequence.Finish is not null);
        }
        Statistics += new GenerationStatistics
        {
            GenerationTokens = count,
            Steps = 1,
            FilledPlaces = count,
            Places = _limits.Places,
            StepSeconds = Time.GetElapsedTime(began).TotalSeconds,
        };
    }

    // Takes over what was drawn; whether any sequence has ended.
    private bool Append(List<RunningSequence> sequences, int first, int count)
    {
        bool ended = false;
        for (int i = 0; i < count; i++)
        {
            RunningSequence sequence = sequences[first + i];
            sequence.Append(_draws.Ids[i], _draws.LogProbs[i]);
            _listener.Drawn(sequence);
            ended |= sequence.Finish is not null;
        }
        return ended;
    }

    private void Leave(RunningSequence sequence)
    {
        _prefixes?.Add(sequence.ComputedIds, sequence.Blocks);
        sequence.Leave(_cache);
    }

    private int NewBlocks()
    {
        int blocks = 0;
        foreach (RunningSequence sequence in _batch.Running)
            blocks += sequence.NeedsBlock ? 1 : 0;
        return blocks;
    }

    // Whether so many blocks are free, after giving up remembered texts where needed.
    private bool HasFree(int blocks)
    {
        while (_cache.FreeBlocks < blocks)
            if (_prefixes?.Forget() != true)
                return false;
        return true;
    }

    // The youngest holder of blocks gives them up, to be computed again.
    private void GiveWay()
    {
        PromptRun? begun = null;
        for (LinkedListNode<PromptRun>? node = _waiting.Last; node is not null && begun is null; node = node.Previous)
            begun = node.Value.HasBegun ? node.Value : null;
        PromptRun? ready = _ready.MaxBy(prompt => prompt.Request.Index);
        RunningSequence? running = _batch.Running.MaxBy(sequence => (sequence.Request.Index, sequence.Sample));
        long youngest = Math.Max(begun?.Request.Index ?? -1, Math.Max(ready?.Request.Index ?? -1, running?.Request.Index ?? -1));
        if (begun?.Request.Index == youngest)
            begun.Release(_cache);
        else if (ready?.Request.Index == youngest)
        {
            _ready.Remove(ready);
            ready.Release(_cache);
            Insert(new PromptRun(ready.Request, ready.Ids, ready.Sequences));
        }
        else if (running is not null && Running + _ready.Count > 1)
        {
            _batch.Running.Remove(running);
            Leave(running);
            Insert(new PromptRun(running.Request, running.ComputedIds, [running]));
        }
        else
            throw new InvalidOperationException($"a cache of {_cache.Blocks} blocks does not hold one sequence of its own limits");
    }

    private void Insert(PromptRun prompt)
    {
        LinkedListNode<PromptRun>? before = _waiting.Last;
        while (before is not null && before.Value.Request.Index > prompt.Request.Index)
            before = before.Previous;
        if (before is null)
            _waiting.AddFirst(prompt);
        else
            _waiting.AddAfter(before, prompt);
    }
}
