using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Cerise.Data.Tokenizers.Models;

namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>Byte-pair encoding of pieces: symbols (bytes or characters) to ids, then merges. Safe for use from many threads.</summary>
internal sealed class BpeModel : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly MergeTable _merges;
    private readonly BpeModelOptions _options;
    private readonly int[] _byteLevelIds;                                   // id of each byte's character, -1 where the vocabulary lacks it
    private readonly int[] _fallbackIds;                                    // id of <0x00> to <0xFF>, -1 where the vocabulary lacks it
    private readonly bool _plainBytes;                                      // every byte has its id and nothing is put around symbols
    private readonly Lazy<int[]> _tokenLengths;                             // characters of each token
    private readonly PieceCache _cache = new();

    /// <summary>Makes the model; <paramref name="vocabulary"/> is read, never changed, from here on.</summary>
    public BpeModel(Dictionary<string, int> vocabulary, MergeTable merges, BpeModelOptions options)
    {
        Vocabulary = vocabulary;
        _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _merges = merges;
        _options = options;
        _byteLevelIds = [.. Enumerable.Range(0, 256).Select(b => vocabulary.GetValueOrDefault(ByteLevelAlphabet.CharOf((byte)b).ToString(), -1))];
        _fallbackIds = ByteTokens.IdsOf(vocabulary);
        _tokenLengths = new(TokenLengths);
        _plainBytes = options.ContinuingPrefix.Length == 0 && options.EndOfWordSuffix.Length == 0 && !_byteLevelIds.Contains(-1);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <inheritdoc/>
    public override bool SpellsBytes => true;

    /// <inheritdoc/>
    /// <remarks><paramref name="byteLevel"/> is the same for all calls on one model.</remarks>
    public override void Encode(ReadOnlySpan<char> piece, bool byteLevel, TokenList tokens)
    {
        int before = tokens.Ids.Count;
        if (tokens.Ranges is null)
            EncodeCached(piece, byteLevel, tokens.Ids);
        else if (!byteLevel)
            EncodeSymbols(piece, tokens.Ids, tokens.Ranges);
        else if (_plainBytes)
        {
            EncodeCached(piece, byteLevel, tokens.Ids);
            AddByteRanges(tokens.From(before), tokens.Ranges);
            SpelledBytes.RangesToCharacters(piece, CollectionsMarshal.AsSpan(tokens.Ranges)[before..]);
        }
        else
        {
            EncodeSymbols(ByteLevelAlphabet.Map(piece), tokens.Ids, tokens.Ranges);
            SpelledBytes.RangesToCharacters(piece, CollectionsMarshal.AsSpan(tokens.Ranges)[before..]);
        }
    }

    private void EncodeCached(ReadOnlySpan<char> piece, bool byteLevel, List<int> ids)
    {
        if (piece.Length > PieceCache.LongestPiece)
        {
            EncodeAnew(piece, byteLevel, ids);
            return;
        }
        ReadOnlySpan<int> known = _cache.Find(piece, out int slot);
        if (known.Length == 1)
            ids.Add(known[0]);
        else if (known.Length > 0)
            ids.AddRange(known);
        else
        {
            int before = ids.Count;
            EncodeAnew(piece, byteLevel, ids);
            _cache.Store(slot, piece, CollectionsMarshal.AsSpan(ids)[before..]);
        }
    }

    private void EncodeAnew(ReadOnlySpan<char> piece, bool byteLevel, List<int> ids)
    {
        if (!byteLevel || !_plainBytes)
            EncodeSymbols(byteLevel ? ByteLevelAlphabet.Map(piece) : piece, ids, ranges: null);
        else if (!_options.IgnoreMerges || !TryWhole(ByteLevelAlphabet.Map(piece), ids))
            EncodeBytes(piece, ids);
    }

    private int[] TokenLengths()
    {
        int[] lengths = new int[Vocabulary.Values.Max() + 1];
        foreach ((string token, int id) in Vocabulary)
            lengths[id] = token.Length;
        return lengths;
    }

    /// <summary>Where every byte is a symbol, a token has as many bytes as characters.</summary>
    private void AddByteRanges(ReadOnlySpan<int> ids, List<(int Start, int End)> ranges)
    {
        int at = 0;
        foreach (int id in ids)
        {
            ranges.Add((at, at + _tokenLengths.Value[id]));
            at += _tokenLengths.Value[id];
        }
    }

    private bool TryWhole(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (!_ids.TryGetValue(piece, out int id))
            return false;
        ids.Add(id);
        return true;
    }

    private void EncodeBytes(ReadOnlySpan<char> piece, List<int> ids)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(piece.Length));
        int count = Encoding.UTF8.GetBytes(piece, utf8);
        int before = ids.Count;
        CollectionsMarshal.SetCount(ids, before + count);
        Span<int> symbols = CollectionsMarshal.AsSpan(ids)[before..];
        for (int i = 0; i < count; i++)
            symbols[i] = _byteLevelIds[utf8[i]];
        ArrayPool<byte>.Shared.Return(utf8);
        CollectionsMarshal.SetCount(ids, before + Merger.Merge(symbols, [], _merges));
    }

    /// <summary>Appends ids, and to <paramref name="ranges"/> where each stands in the piece.</summary>
    private void EncodeSymbols(ReadOnlySpan<char> piece, List<int> ids, List<(int Start, int End)>? ranges)
    {
        int before = ids.Count, rangesBefore = ranges?.Count ?? 0;
        if (_options.IgnoreMerges && TryWhole(piece, ids))
        {
            ranges?.Add((0, piece.Length));
            return;
        }
        (int Start, int End)? unknown = null;                               // waits
        for (int start = 0; start < piece.Length;)
        {
            int length = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            if (TrySymbol(piece, start, length, out int id))
            {
                FlushUnknown(ref unknown, ids, ranges);
                ids.Add(id);
                ranges?.Add((start, start + length));
            }
            else if (!(_options.ByteFallback && TryBytes(piece, start, length, ids, ranges)) && _options.UnknownId is not null)
            {
                // The unknown id waits for the next known symbol, behind the bytes of a fallback: the order of the reference tokenizer.
                if (!_options.FuseUnknown)
                    FlushUnknown(ref unknown, ids, ranges);
                unknown = (unknown?.Start ?? start, start + length);
            }
            start += length;
        }
        FlushUnknown(ref unknown, ids, ranges);
        int merged = Merger.Merge(
            CollectionsMarshal.AsSpan(ids)[before..], ranges is null ? [] : CollectionsMarshal.AsSpan(ranges)[rangesBefore..], _merges);
        CollectionsMarshal.SetCount(ids, before + merged);
        if (ranges is not null)
            CollectionsMarshal.SetCount(ranges, rangesBefore + merged);
    }

    private bool TrySymbol(ReadOnlySpan<char> piece, int start, int length, out int id)
    {
        string prefix = start > 0 ? _options.ContinuingPrefix : "";
        string suffix = start + length == piece.Length ? _options.EndOfWordSuffix : "";
        ReadOnlySpan<char> symbol = piece.Slice(start, length);
        return prefix.Length + suffix.Length == 0
            ? _ids.TryGetValue(symbol, out id)
            : _ids.TryGetValue(string.Concat(prefix, symbol, suffix), out id);
    }

    private bool TryBytes(ReadOnlySpan<char> piece, int start, int length, List<int> ids, List<(int Start, int End)>? ranges)
    {
        Span<byte> utf8 = stackalloc byte[4];
        int count = Encoding.UTF8.GetBytes(piece.Slice(start, length), utf8);
        foreach (byte b in utf8[..count])
            if (_fallbackIds[b] < 0)
                return false;
        foreach (byte b in utf8[..count])
        {
            ids.Add(_fallbackIds[b]);
            ranges?.Add((start, start + length));
        }
        return true;
    }

    private void FlushUnknown(ref (int Start, int End)? unknown, List<int> ids, List<(int Start, int End)>? ranges)
    {
        if (unknown is { } range)
        {
            ids.Add(_options.UnknownId!.Value);
            ranges?.Add(range);
        }
        unknown = null;
    }
}
