using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>Byte-pair encoding of pieces: symbols (bytes or characters) to ids, then merges. Safe for use from many threads.</summary>
internal sealed class BpeModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _ids;
    private readonly MergeTable _merges;
    private readonly BpeModelOptions _options;
    private readonly int[] _byteLevelIds;                                   // id of each byte's character, -1 where the vocabulary lacks it
    private readonly int[] _fallbackIds;                                    // id of <0x00> to <0xFF>, -1 where the vocabulary lacks it
    private readonly bool _plainBytes;                                      // every byte has its id and nothing is put around symbols
    private readonly PieceCache _cache = new();

    /// <summary>Makes the model; <paramref name="vocabulary"/> is read, never changed, from here on.</summary>
    public BpeModel(Dictionary<string, int> vocabulary, MergeTable merges, BpeModelOptions options)
    {
        Vocabulary = vocabulary;
        _ids = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _merges = merges;
        _options = options;
        _byteLevelIds = [.. Enumerable.Range(0, 256).Select(b => vocabulary.GetValueOrDefault(ByteLevelAlphabet.CharOf((byte)b).ToString(), -1))];
        _fallbackIds = [.. Enumerable.Range(0, 256).Select(b => vocabulary.GetValueOrDefault(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"), -1))];
        _plainBytes = options.ContinuingPrefix.Length == 0 && options.EndOfWordSuffix.Length == 0 && !_byteLevelIds.Contains(-1);
    }

    /// <summary>Token to id, without added tokens.</summary>
    public IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Appends the ids of one piece.</summary>
    /// <param name="piece">Well-formed UTF-16, not empty.</param>
    /// <param name="byteLevel">The symbols are the UTF-8 bytes rather than the characters; the same for all calls on one model.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Encode(ReadOnlySpan<char> piece, bool byteLevel, List<int> ids)
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
            EncodeSymbols(byteLevel ? ByteLevelAlphabet.Map(piece) : piece, ids);
        else if (!_options.IgnoreMerges || !TryWhole(ByteLevelAlphabet.Map(piece), ids))
            EncodeBytes(piece, ids);
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
        CollectionsMarshal.SetCount(ids, before + Merger.Merge(symbols, _merges));
    }

    private void EncodeSymbols(ReadOnlySpan<char> piece, List<int> ids)
    {
        if (_options.IgnoreMerges && TryWhole(piece, ids))
            return;
        int before = ids.Count;
        bool unknownPending = false;
        for (int start = 0; start < piece.Length;)
        {
            int length = char.IsHighSurrogate(piece[start]) && start + 1 < piece.Length ? 2 : 1;
            if (TrySymbol(piece, start, length, out int id))
            {
                FlushUnknown(ref unknownPending, ids);
                ids.Add(id);
            }
            else if (!(_options.ByteFallback && TryBytes(piece.Slice(start, length), ids)) && _options.UnknownId is not null)
            {
                // The unknown id waits for the next known symbol, behind the bytes of a fallback: the order of the reference tokenizer.
                if (!_options.FuseUnknown)
                    FlushUnknown(ref unknownPending, ids);
                unknownPending = true;
            }
            start += length;
        }
        FlushUnknown(ref unknownPending, ids);
        int merged = Merger.Merge(CollectionsMarshal.AsSpan(ids)[before..], _merges);
        CollectionsMarshal.SetCount(ids, before + merged);
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

    private bool TryBytes(ReadOnlySpan<char> symbol, List<int> ids)
    {
        Span<byte> utf8 = stackalloc byte[4];
        int count = Encoding.UTF8.GetBytes(symbol, utf8);
        foreach (byte b in utf8[..count])
            if (_fallbackIds[b] < 0)
                return false;
        foreach (byte b in utf8[..count])
            ids.Add(_fallbackIds[b]);
        return true;
    }

    private void FlushUnknown(ref bool pending, List<int> ids)
    {
        if (pending)
            ids.Add(_options.UnknownId!.Value);
        pending = false;
    }
}
