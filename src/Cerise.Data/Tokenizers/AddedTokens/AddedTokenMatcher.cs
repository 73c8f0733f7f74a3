using System.Buffers;
using System.Text;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.AddedTokens;

/// <summary>Finds added tokens in text: at each place the longest, left to right, without overlap.</summary>
internal sealed class AddedTokenMatcher
{
    private readonly Node _root = new();
    private readonly SearchValues<char> _firstChars;

    /// <summary>Makes the matcher; each token comes with the text by which it is found.</summary>
    public AddedTokenMatcher(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach ((string text, AddedToken token) in tokens.Where(entry => entry.Text.Length > 0))
        {
            Node node = _root;
            foreach (char c in text)
            {
                if (!node.Next.TryGetValue(c, out Node? next))
                    node.Next.Add(c, next = new Node());
                node = next;
            }
            node.Token ??= token;
        }
        _firstChars = SearchValues.Create([.. _root.Next.Keys]);
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
        Node? node = _root;
        for (int i = start; i < text.Length && node.Next.TryGetValue(text[i], out node); i++)
            if (node.Token is not null)
                (end, token) = (i + 1, node.Token);
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

    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }
    }
}
