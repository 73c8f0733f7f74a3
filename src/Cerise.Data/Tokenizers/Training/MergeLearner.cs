using System.Runtime.InteropServices;
using System.Text;
using Cerise.Data.Tokenizers.Bpe;

namespace Cerise.Data.Tokenizers.Training;

/// <summary>Finds the merges: again and again the most frequent pair of neighbours becomes a new symbol.</summary>
/// <remarks>
/// All distinct pieces lie in one array as linked lists of symbols. Each pair knows its count and the places where it was seen, so a merge touches only
/// those; counts are never taken anew. The queue may hold outdated counts: an entry that no longer holds is put back with the present one.
/// </remarks>
internal sealed class MergeLearner
{
    private const int Gone = -1;

    private readonly BpeTrainerOptions _options;
    private readonly List<string> _tokens = [];
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly List<(int Left, int Right)> _merges = [];

    // Per place: a symbol of a piece, its neighbours in the same piece (-1 at the ends), and which piece it belongs to.
    private readonly int[] _symbols;
    private readonly int[] _previous;
    private readonly int[] _next;
    private readonly int[] _piece;
    private readonly long[] _pieceCounts;

    private readonly Dictionary<(int Left, int Right), Pair> _pairs = [];
    private readonly HashSet<(int Left, int Right)> _grown = [];              // pairs that gained occurrences in the present merge
    private readonly PriorityQueue<(int Left, int Right), Priority> _queue = new();

    public MergeLearner(IReadOnlyDictionary<string, long> pieces, BpeTrainerOptions options)
    {
        _options = options;
        foreach (string token in options.SpecialTokens)
            AddToken(token);
        for (char c = '\0'; c < 0x200; c++)
            if (ByteLevelAlphabet.ByteOf(c) >= 0)
                AddToken(c.ToString());
        long places = pieces.Keys.Sum(piece => (long)Encoding.UTF8.GetByteCount(piece));
        if (places > Array.MaxLength)
            throw new TokenizerException($"the distinct pieces of the text have {places} bytes, more than fit in memory; train on a part of the text");
        (_symbols, _previous, _next, _piece) = (new int[places], new int[places], new int[places], new int[places]);
        _pieceCounts = [.. pieces.Values];
        LayOut(pieces.Keys);
    }

    public LearnedVocabulary Learn()
    {
        foreach (((int Left, int Right) pair, Pair found) in _pairs)
            _queue.Enqueue(pair, new Priority(found.Count, pair));
        while (_tokens.Count < _options.VocabSize && _queue.TryDequeue(out (int Left, int Right) pair, out Priority priority))
        {
            Pair found = _pairs[pair];
            if (found.Count != priority.Count)
            {
                if (found.Count > 0)
                    _queue.Enqueue(pair, new Priority(found.Count, pair));
            }
            else if (found.Count < _options.MinFrequency)
                break;
            else
                Merge(pair, found);
        }
        return new LearnedVocabulary(_tokens, _merges);
    }

    private int AddToken(string token)
    {
        if (_ids.TryAdd(token, _tokens.Count))
            _tokens.Add(token);
        return _ids[token];
    }

    private void LayOut(IEnumerable<string> pieces)
    {
        int[] byteIds = [.. Enumerable.Range(0, 256).Select(b => _ids[ByteLevelAlphabet.CharOf((byte)b).ToString()])];
        int place = 0, piece = 0;
        foreach (string text in pieces)
        {
            int first = place;
            foreach (byte value in Encoding.UTF8.GetBytes(text))
            {
                _symbols[place] = byteIds[value];
                _previous[place] = place > first ? place - 1 : Gone;
                _next[place] = place + 1;
                _piece[place] = piece;
                if (place > first)
                    Change(place - 1, _symbols[place - 1], _symbols[place], _pieceCounts[piece]);
                place++;
            }
            _next[place - 1] = Gone;
            piece++;
        }
        _grown.Clear();
    }

    private void Merge((int Left, int Right) pair, Pair found)
    {
        string token = _tokens[pair.Left] + _tokens[pair.Right];
        List<int> places = found.Places;
        (found.Count, found.Places) = (0, []);
        if (_ids.TryGetValue(token, out int known) && known < _options.SpecialTokens.Count)
            return;                                                         // spelled in bytes it would be taken for the special token
        _merges.Add(pair);
        int id = AddToken(token);
        places.Sort();                                                      // left to right, so that of "aaa" the first two merge
        foreach (int place in places)
            if (_symbols[place] == pair.Left && _next[place] is >= 0 and var right && _symbols[right] == pair.Right)
                MergeAt(place, right, id);
        found.Count = 0;                                                    // of "aaa" the second pair was counted off after the first merged
        foreach ((int Left, int Right) grown in _grown)
            if (_pairs[grown].Count > 0)
                _queue.Enqueue(grown, new Priority(_pairs[grown].Count, grown));
        _grown.Clear();
    }

    private void MergeAt(int place, int right, int id)
    {
        long count = _pieceCounts[_piece[place]];
        int before = _previous[place], after = _next[right];
        if (before >= 0)
        {
            Change(before, _symbols[before], _symbols[place], -count);
            Change(before, _symbols[before], id, count);
        }
        if (after >= 0)
        {
            Change(right, _symbols[right], _symbols[after], -count);
            Change(place, id, _symbols[after], count);
            _previous[after] = place;
        }
        _symbols[place] = id;
        _symbols[right] = Gone;
        _next[place] = after;
    }

    private void Change(int place, int left, int right, long count)
    {
        ref Pair? pair = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, (left, right), out _);
        pair ??= new Pair();
        pair.Count += count;
        if (count <= 0)
            return;
        pair.Places.Add(place);
        _grown.Add((left, right));
    }

    private sealed class Pair
    {
        public long Count { get; set; }

        public List<int> Places { get; set; } = [];
    }

    /// <summary>Most frequent first; of equals the lower left id, then the lower right id.</summary>
    private readonly record struct Priority(long Count, (int Left, int Right) Pair) : IComparable<Priority>
    {
        public int CompareTo(Priority other) => other.Count != Count ? other.Count.CompareTo(Count) : Pair.CompareTo(other.Pair);
    }
}
