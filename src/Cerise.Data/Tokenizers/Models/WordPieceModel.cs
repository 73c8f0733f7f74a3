using System.Text;

namespace Cerise.Data.Tokenizers.Models;

/// <summary>WordPiece as BERT reads it: from left to right the longest token that fits; a word that cannot be covered so is unknown as a whole.</summary>
internal sealed class WordPieceModel : TokenModel
{
    private readonly TokenTrie _whole;
    private readonly TokenTrie _continuing;                                 // tokens with the prefix, without it
    private readonly string _unknownToken;
    private readonly int? _unknownId;
    private readonly int _longestWord;

    /// <summary>Makes the model.</summary>
    /// <param name="vocabulary">Token to id.</param>
    /// <param name="unknownToken">The token of words that cannot be covered; a fault where the vocabulary lacks it and it is needed.</param>
    /// <param name="prefix">Stands before tokens that do not begin a word.</param>
    /// <param name="longestWord">Longer words, in characters, are unknown.</param>
    public WordPieceModel(Dictionary<string, int> vocabulary, string unknownToken, string prefix, int longestWord)
    {
        Vocabulary = vocabulary;
        _whole = new TokenTrie(vocabulary);
        _continuing = prefix.Length == 0 ? _whole : new TokenTrie(vocabulary.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => KeyValuePair.Create(entry.Key[prefix.Length..], entry.Value)));
        _unknownToken = unknownToken;
        _unknownId = vocabulary.TryGetValue(unknownToken, out int id) ? id : null;
        _longestWord = longestWord;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> piece, bool byteLevel, TokenList tokens)
    {
        int before = tokens.Ids.Count;
        if (!TryCover(piece, tokens))
        {
            tokens.Truncate(before);
            tokens.Add(_unknownId ?? throw new TokenizerException(
                $"the text holds a word that the vocabulary cannot spell, and the vocabulary lacks the unk_token '{_unknownToken}' of its tokenizer.json"), 0, piece.Length);
        }
    }

    private bool TryCover(ReadOnlySpan<char> piece, TokenList tokens)
    {
        if (CountCharacters(piece) > _longestWord)
            return false;
        for (int start = 0; start < piece.Length;)
        {
            TokenTrie trie = start == 0 ? _whole : _continuing;
            int id = TokenTrie.None, end = start, node = TokenTrie.Root;
            for (int i = start; i < piece.Length && (node = trie.Step(node, piece[i])) != TokenTrie.None; i++)
                if (trie.IdAt(node) != TokenTrie.None)
                    (id, end) = (trie.IdAt(node), i + 1);
            if (id == TokenTrie.None)
                return false;
            tokens.Add(id, start, end);
            start = end;
        }
        return true;
    }

    private static int CountCharacters(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
            count++;
        return count;
    }
}
