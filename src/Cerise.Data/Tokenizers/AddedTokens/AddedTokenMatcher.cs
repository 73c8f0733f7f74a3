using System.Buffers;
using System.Text;
using Cerise.Data.Tokenizers.Models;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.AddedTokens;

/// <summary>Finds added tokens in text: at each place the longest, left to right, without overlap.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly AddedToken[] _tokens;
    private readonly TokenTrie _trie;                                       // to indexes of tokens
    private readonly SearchValues<char> _firstChars;

    /// <summary>Makes the matcher; each token comes with the text by which it is found, of equal ones the first counts.</summary>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        var found = new List<AddedToken>();
        foreach ((string text, AddedToken token) in tokens.Where(entry => entry.Text.Length > 0))
            if (indexes.TryAdd(text, found.Count))
                found.Add(token);
        _tokens = [.. found];
        _trie = new TokenTrie(indexes);
        _firstChars = SearchValues.Create([.. indexes.Keys.Select(text => text[0]).Distinct()]);
    }

    /// <summary>Appends the text's parts in order: ranges that are tokens, and the ranges between them (token null). Empty ranges are left out.</summary>
    public void Split(ReadOnlySpan<char> text, List<(int Start, int End, AddedToken? Token)> parts)
    {
        int done = 0;                                                       // everything before it is in parts
        int spaces = 0;                                                     // end of the white space last taken, so that none is walked over twice
        for (int at = 0; at < text.Length && text[at..].IndexOfAny(_firstChars) is >= 0 and var ahead;)
        {
            at += ahead;
            if (!TryLongest(text, at, out int end, out AddedToken? token))
            {
                at++;
                continue;
            }
            if (!token.SingleWord || StandsAlone(text, at, end))
            {
                int start = token.StripLeft ? Math.Max(done, StartOfSpace(text, at, done)) : at;
                int stop = token.StripRight ? spaces = EndOfSpace(text, end, spaces) : end;
                if (start > done)
                    parts.Add((done, start, null));
                if (stop > start)
                    parts.Add((start, stop, token));
                done = stop;
            }
            at = end;                                                       // white space that was taken may itself be a token: as the reference tokenizer
        }
        if (done < text.Length)
            parts.Add((done, text.Length, null));
    }

    private bool TryLongest(ReadOnlySpan<char> text, int start, out int end, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out AddedToken? token)
    {
        (end, token) = (start, null);
        int node = TokenTrie.Root;
        for (int i = start; i < text.Length && (node = _trie.Step(node, text[i])) != TokenTrie.None; i++)
            if (_trie.IdAt(node) is >= 0 and var index)
                (end, token) = (i + 1, _tokens[index]);
        return token is not null;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _);
        Rune.DecodeFromUtf16(text[end..], out Rune after, out _);
        return (start == 0 || !CodePoints.IsWord(before)) && (end == text.Length || !CodePoints.IsWord(after));
    }

    private static int StartOfSpace(ReadOnlySpan<char> text, int start, int lowest)
    {
        while (start > lowest && char.IsWhiteSpace(text[start - 1]))
            start--;
        return start;
    }

    private static int EndOfSpace(ReadOnlySpan<char> text, int end, int known)
    {
        if (end < known)
            return known;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
            end++;
        return end;
    }
}
