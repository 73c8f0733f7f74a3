namespace Cerise.Data.Grammars;

/// <summary>The bytes of every token, as grammars walk through them. Immutable and safe for use from many threads at once; made once for a tokenizer.</summary>
public sealed class TokenVocabulary
{
    private readonly byte[]?[] _tokens;
    private readonly Lazy<TokenTrie> _trie;

    /// <param name="size">The highest id plus one.</param>
    /// <param name="bytesOf">The bytes of an id; null or none for ids that no text holds, such as special tokens.</param>
    public TokenVocabulary(int size, Func<int, byte[]?> bytesOf)
    {
        ArgumentNullException.ThrowIfNull(bytesOf);
        _tokens = new byte[]?[size];
        for (int id = 0; id < size; id++)
            _tokens[id] = bytesOf(id);
        _trie = new Lazy<TokenTrie>(() => new TokenTrie(this));
    }

    /// <summary>The vocabulary of a tokenizer, without its special tokens.</summary>
    public static TokenVocabulary Of(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new TokenVocabulary(tokenizer.VocabSize, id => tokenizer.IsSpecial(id) ? null : tokenizer.TokenBytes(id).ToArray());
    }

    /// <summary>The highest id plus one.</summary>
    public int Size => _tokens.Length;

    /// <summary>Masks of the nodes that all grammars of JSON have; locked while in use.</summary>
    internal Dictionary<int, NodeMask> JsonMasks { get; } = [];

    /// <summary>The tokens as a tree.</summary>
    internal TokenTrie Trie => _trie.Value;

    /// <summary>The bytes of a token; empty where it has none.</summary>
    public ReadOnlySpan<byte> Bytes(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : default;
}
