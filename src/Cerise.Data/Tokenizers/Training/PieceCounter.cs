using System.Runtime.InteropServices;
using Cerise.Data.Tokenizers.AddedTokens;
using Cerise.Data.Tokenizers.PreTokenizers;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.Training;

/// <summary>Splits documents into pieces and counts each.</summary>
internal sealed class PieceCounter
{
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly PieceScanner _scanner;
    private readonly AddedTokenMatcher _specialTokens;

    public PieceCounter(BpePreTokenizer preTokenizer, IReadOnlyList<string> specialTokens)
    {
        _lookup = _counts.GetAlternateLookup<ReadOnlySpan<char>>();
        _scanner = PieceScanner.For(preTokenizer == BpePreTokenizer.Gpt2 ? Gpt2Scanner.Pattern : Qwen2Scanner.Pattern)!;
        _specialTokens = new AddedTokenMatcher(specialTokens.Select((token, id) => (token, new AddedToken(id, token))));
    }

    /// <summary>How often each piece occurred so far.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        string text = CodePoints.WellFormed(document);
        var parts = new List<(int Start, int End, AddedToken? Token)>();
        _specialTokens.Split(text, parts);
        foreach ((int start, int end, AddedToken? token) in parts)
            if (token is null)
                Count(text.AsSpan(start, end - start));
    }

    private void Count(ReadOnlySpan<char> text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = _scanner.NextEnd(text, start);
            CollectionsMarshal.GetValueRefOrAddDefault(_lookup, text[start..end], out _)++;
            start = end;
        }
    }
}
