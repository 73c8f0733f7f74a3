using System.Runtime.InteropServices;
using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>The passes that compute prompts.</summary>
internal sealed partial class GenerationLoop
{
    /// <summary>Logits made at once of a pass's prompts, and again of its samples: 16 MB.</summary>
    private const int PrefillLogits = 1 << 22;

    private readonly AttentionPlan _promptPlan = new();
    private readonly Indices _promptIds = new();
    private readonly List<int> _passIds = [];
    private readonly List<PromptRun> _complete = [];
    private readonly List<int> _lastRows = [];                             // of complete prompts whose samples draw their first token
    private readonly List<int> _rowOf = [];                                // per sample that draws: which of these rows
    private readonly List<RunningSequence> _drawing = [];

    // Computes the next prompts or a part of one, and draws the first token of each of their samples.
    private void Prefill()
    {
        long began = Time.GetTimestamp();
        _promptPlan.Clear();
        _passIds.Clear();
        _complete.Clear();
        _lastRows.Clear();
        _rowOf.Clear();
        _drawing.Clear();
        int rowsAtOnce = Math.Max(1, PrefillLogits / model.Config.VocabSize);
        Plan(Math.Min(_limits.PromptsAtOnce, rowsAtOnce));
        if (_passIds.Count == 0)
            return;
        _promptIds.Set(CollectionsMarshal.AsSpan(_passIds));
        Tensor hidden = model.HiddenStates(_graph, _promptIds, _promptPlan, _cache);
        if (_lastRows.Count > 0)
            DrawFirst(hidden, rowsAtOnce);
        _graph.Reset();
        foreach (PromptRun prompt in _complete)
            Completed(prompt);
        Statistics += new GenerationStatistics
        {
            PromptTokens = _passIds.Count,
            GenerationTokens = _drawing.Count,
            PromptSeconds = Time.GetElapsedTime(began).TotalSeconds,
        };
    }

    // Whole prompts in their order; the first may be too long for the pass, and is then computed as far as it goes.
    private void Plan(int promptsAtOnce)
    {
        int sequences = 0;
        while (_waiting.First is { } first && _promptPlan.Sequences < promptsAtOnce)
        {
            PromptRun prompt = first.Value;
            if (_promptPlan.Sequences > 0 && _limits.OnlyForFreePlaces && Running + sequences >= _limits.Places)
                return;
            if (!prompt.HasBegun && !TryBegin(prompt))
                return;
            int left = prompt.Ids.Count - prompt.Computed;
            if (_promptPlan.Sequences > 0 && _passIds.Count + left > _limits.PrefillTokens)
                return;
            int rows = Math.Min(left, _limits.PrefillTokens);
            _promptPlan.Add(rows, prompt.Computed, BlocksOf(prompt, prompt.Computed + rows));
            for (int i = 0; i < rows; i++)
                _passIds.Add(prompt.Ids[prompt.Computed + i]);
            prompt.Computed += rows;
            if (prompt.Computed < prompt.Ids.Count)
                return;
            _waiting.RemoveFirst();
            _complete.Add(prompt);
            sequences += prompt.Sequences.Count;
            if (!prompt.Draws)
                continue;
            foreach (RunningSequence sequence in prompt.Sequences)
            {
                _rowOf.Add(_lastRows.Count);
                _drawing.Add(sequence);
            }
            _lastRows.Add(_passIds.Count - 1);
        }
    }

    // A prompt begins when there are blocks for it and one more for every running sequence; when nothing else gets on, at the cost of younger ones.
    private bool TryBegin(PromptRun prompt)
    {
        List<int> known = _prefixes?.Find(prompt.Ids) ?? [];
        int needed = KvCache.BlocksFor(prompt.Ids.Count) - known.Count;
        bool others = Running > 0 || _promptPlan.Sequences > 0;
        if (!HasFree(needed + Running))
        {
            while (!others && !HasFree(needed) && _waiting.Any(waiting => waiting.HasBegun))
                GiveWay();
            if (others || !HasFree(needed))
            {
                _cache.Release(known);
                return others ? false : throw new InvalidOperationException($"a cache of {_cache.Blocks} blocks does not hold a prompt within its limits");
            }
        }
        prompt.Begin(_cache, known);
        ReusedTokens += prompt.Computed;
        return true;
    }

    private void DrawFirst(Tensor hidden, int rowsAtOnce)
    {
        // A prompt's last row goes through the head once, whatever the number of its samples.
        Tensor logits = model.Logits(hidden, NewIndices(_lastRows));
        Tensor? copies = null;
        for (int first = 0; first < _drawing.Count; first += rowsAtOnce)
        {
            int count = Math.Min(rowsAtOnce, _drawing.Count - first);
            if (copies?.Shape.Rows != count)
                copies = _graph.New(new Shape(count, model.Config.VocabSize));
            model.Device.GatherRows(logits, NewIndices(_rowOf.GetRange(first, count)), copies);
            _draws.FromLogits(copies, _drawing, first, count);
            Append(_drawing, first, count);
        }
    }

    private void Completed(PromptRun prompt)
    {
        _prefixes?.Add(prompt.Ids, prompt.Blocks);
        bool goesOn = prompt.Sequences.Exists(static sequence => sequence.Finish is null);
        if (!goesOn)
            prompt.Release(_cache);
        foreach (RunningSequence sequence in prompt.Sequences)
            if (sequence.Finish is not null)
                _listener.Ended(sequence);
        prompt.Sequences.RemoveAll(static sequence => sequence.Finish is not null);
        if (goesOn)
            _ready.Add(prompt);
    }

    private static int[] BlocksOf(PromptRun prompt, int positions) => [.. prompt.Blocks.Take(KvCache.BlocksFor(positions))];

    private static Indices NewIndices(List<int> values) => new(CollectionsMarshal.AsSpan(values));
}
