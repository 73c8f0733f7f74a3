namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>Byte-pair merging of one piece (Sennrich et al. 2016, arXiv:1508.07909): the pair of lowest rank first, the leftmost of equals.</summary>
internal static class Merger
{
    /// <summary>Up to this many symbols a plain search for the lowest rank is faster than a heap.</summary>
    public const int ShortLength = 48;

    /// <summary>Merges in place and returns how many symbols are left.</summary>
    /// <param name="symbols">The symbols.</param>
    /// <param name="ranges">Where each symbol begins and ends, merged alike; empty where nobody asks.</param>
    /// <param name="merges">The merges.</param>
    public static int Merge(Span<int> symbols, Span<(int Start, int End)> ranges, MergeTable merges) =>
        symbols.Length <= ShortLength ? MergeShort(symbols, ranges, merges) : new LongMerge(symbols, merges).Run(symbols, ranges);

    private static int MergeShort(Span<int> symbols, Span<(int Start, int End)> ranges, MergeTable merges)
    {
        Span<int> ranks = stackalloc int[ShortLength];                      // ranks[i]: of the pair that begins at i
        int count = symbols.Length;
        for (int i = 0; i + 1 < count; i++)
            ranks[i] = merges.RankOf(symbols[i], symbols[i + 1]);
        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
                if (ranks[i] < ranks[best])
                    best = i;
            if (ranks[best] == MergeTable.None)
                break;
            symbols[best] = merges.ResultOf(ranks[best]);
            symbols[(best + 2)..count].CopyTo(symbols[(best + 1)..]);
            ranks[(best + 2)..count].CopyTo(ranks[(best + 1)..]);
            if (ranges.Length > 0)
            {
                ranges[best].End = ranges[best + 1].End;
                ranges[(best + 2)..count].CopyTo(ranges[(best + 1)..]);
            }
            count--;
            if (best > 0)
                ranks[best - 1] = merges.RankOf(symbols[best - 1], symbols[best]);
            if (best + 1 < count)
                ranks[best] = merges.RankOf(symbols[best], symbols[best + 1]);
        }
        return count;
    }

    /// <summary>The same with a linked list and a heap: n log n in the number of symbols.</summary>
    private readonly struct LongMerge
    {
        private readonly MergeTable _merges;
        private readonly int[] _symbols;
        private readonly int[] _ranks;                                      // of the pair that begins here; None also for merged-away places
        private readonly int[] _previous;
        private readonly int[] _next;
        private readonly MinHeap _candidates;                               // rank in the high half, place in the low one

        public LongMerge(ReadOnlySpan<int> symbols, MergeTable merges)
        {
            int count = symbols.Length;
            _merges = merges;
            _symbols = symbols.ToArray();
            _ranks = new int[count];
            _previous = new int[count];
            _next = new int[count];
            _candidates = new MinHeap(count);
            for (int i = 0; i < count; i++)
            {
                _previous[i] = i - 1;
                _next[i] = i + 1 < count ? i + 1 : -1;
                UpdateRank(i);
            }
        }

        public int Run(Span<int> result, Span<(int Start, int End)> ranges)
        {
            while (_candidates.TryPop(out ulong candidate))
            {
                int rank = (int)(candidate >> 32), at = (int)(uint)candidate;
                if (_ranks[at] != rank)
                    continue;                                               // one of the two has merged with another since
                int right = _next[at], after = _next[right];
                _symbols[at] = _merges.ResultOf(rank);
                _ranks[right] = MergeTable.None;
                _next[at] = after;
                if (after >= 0)
                    _previous[after] = at;
                UpdateRank(at);
                if (_previous[at] >= 0)
                    UpdateRank(_previous[at]);
            }
            int count = 0;
            for (int i = 0; i >= 0; i = _next[i])
            {
                if (ranges.Length > 0)
                    ranges[count] = (ranges[i].Start, ranges[(_next[i] < 0 ? _symbols.Length : _next[i]) - 1].End);
                result[count++] = _symbols[i];
            }
            return count;
        }

        private void UpdateRank(int at)
        {
            _ranks[at] = _next[at] < 0 ? MergeTable.None : _merges.RankOf(_symbols[at], _symbols[_next[at]]);
            if (_ranks[at] != MergeTable.None)
                _candidates.Push(((ulong)_ranks[at] << 32) | (uint)at);
        }
    }
}
