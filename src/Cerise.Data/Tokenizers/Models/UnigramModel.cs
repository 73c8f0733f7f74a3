using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Cerise.Data.Tokenizers.Models;

/// <summary>The unigram language model of SentencePiece (Kudo 2018, arXiv:1804.10959): the split of the piece whose tokens' scores sum to the most.</summary>
/// <remarks>
/// One pass of Viterbi's algorithm: the time is that of the piece's length times the longest token's. A character that no token is alone may be unknown, at
/// the lowest score less 10. Unknown neighbours become one, and then bytes where the vocabulary has them and the file asks for it.
/// </remarks>
internal sealed class UnigramModel : TokenModel
{
    private const double UnknownPenalty = 10;

    private readonly TokenTrie _trie;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int? _unknownId;
    private readonly int[]? _byteIds;                                       // id of <0x00> to <0xFF>, -1 where missing; null without fallback
    private readonly PieceCache _cache = new();

    /// <summary>Makes the model.</summary>
    /// <param name="tokens">The token of each id. One that comes twice is encoded as the later id, with the later score; both ids decode to it.</param>
    /// <param name="scores">The logarithm of each id's probability.</param>
    /// <param name="unknownId">The id of what the vocabulary lacks; null where that is a fault.</param>
    /// <param name="byteFallback">Unknown text becomes the tokens of its bytes.</param>
    public UnigramModel(string[] tokens, double[] scores, int? unknownId, bool byteFallback)
    {
        var vocabulary = new Dictionary<string, int>(tokens.Length, StringComparer.Ordinal);
        for (int id = 0; id < tokens.Length; id++)
            vocabulary[tokens[id]] = id;
        Vocabulary = vocabulary;
        Tokens = vocabulary.Count == tokens.Length ? vocabulary : [.. tokens.Select((token, id) => KeyValuePair.Create(token, id))];
        _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _trie = new TokenTrie(vocabulary);
        _scores = scores;
        _unknownScore = scores.Min() - UnknownPenalty;
        _unknownId = unknownId;
        _byteIds = byteFallback ? ByteTokens.IdsOf(vocabulary) : null;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <inheritdoc/>
    public override IReadOnlyCollection<KeyValuePair<string, int>> Tokens { get; }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, bool byteLevel, TokenList tokens)
    {
        if (tokens.Ranges is not null || piece.Length > PieceCache.LongestPiece)
        {
            EncodeAnew(piece, tokens);
            return;
        }
        ReadOnlySpan<int> known = _cache.Find(piece, out int slot);
        if (known.Length > 0)
        {
            tokens.Ids.AddRange(known);
            return;
        }
        int before = tokens.Ids.Count;
        EncodeAnew(piece, tokens);
        _cache.Store(slot, piece, tokens.From(before));
    }

    private void EncodeAnew(ReadOnlySpan<char> piece, TokenList tokens)
    {
        Node[] best = ArrayPool<Node>.Shared.Rent(piece.Length + 1);        // best[i]: the last token of the best split of the first i units
        try
        {
            FindBest(piece, best.AsSpan(0, piece.Length + 1));
            int before = tokens.Ids.Count;
            int end = piece.Length;
            while (end > 0)
            {
                int start = best[end].Start, id = best[end].Id;
                while (id == _unknownId && start > 0 && best[start].Id == _unknownId)
                    start = best[start].Start;
                Add(piece, start, end, id, tokens);
                end = start;
            }
            tokens.From(before).Reverse();
            if (tokens.Ranges is not null)
                CollectionsMarshal.AsSpan(tokens.Ranges)[before..].Reverse();
        }
        finally
        {
            ArrayPool<Node>.Shared.Return(best);
        }
    }

    private void FindBest(ReadOnlySpan<char> piece, Span<Node> best)
    {
        best.Fill(new Node(0, -1, 0));
        for (int start = 0; start < piece.Length;)
        {
            int length = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            double before = best[start].Score;
            bool single = false;
            int node = TokenTrie.Root;
            for (int i = start; i < piece.Length && (node = _trie.Step(node, piece[i])) != TokenTrie.None; i++)
            {
                int id = _trie.IdAt(node);
                if (id == TokenTrie.None)
                    continue;
                Offer(ref best[i + 1], before + _scores[id], start, id);
                single |= i + 1 - start == length;
            }
            if (!single)
                Offer(ref best[start + length], before + _unknownScore, start, _unknownId ?? throw MissingUnknown());
            start += length;
        }
    }

    private static void Offer(ref Node node, double score, int start, int id)
    {
        if (node.Start < 0 || score > node.Score)
            node = new Node(score, start, id);
    }

    /// <summary>Adds a token while going backwards, bytes therefore last one first.</summary>
    private void Add(ReadOnlySpan<char> piece, int start, int end, int id, TokenList tokens)
    {
        if (id == _unknownId && _ids.TryGetValue(piece[start..end], out int known))
            id = known;                                                     // neighbours that are unknown one by one may be known together
        else if (id == _unknownId && _byteIds is not null)
        {
            byte[] utf8 = new byte[Encoding.UTF8.GetByteCount(piece[start..end])];
            Encoding.UTF8.GetBytes(piece[start..end], utf8);
            if (Array.TrueForAll(utf8, b => _byteIds[b] >= 0))
            {
                for (int i = utf8.Length - 1; i >= 0; i--)
                    tokens.Add(_byteIds[utf8[i]], start, end);
                return;
            }
        }
        tokens.Add(id, start, end);
    }

    private static TokenizerException MissingUnknown() =>
        new("the text holds a character that the vocabulary lacks, and the Unigram model of this tokenizer has no unk_id; add one to its tokenizer.json");

    private readonly record struct Node(double Score, int Start, int Id);
}
