namespace Cerise.Data.Tokenizers.Models;

/// <summary>Turns a piece of text into tokens of its vocabulary. The "model" part of a tokenizer file. Safe for use from many threads.</summary>
internal abstract class TokenModel
{
    /// <summary>Token to id, without added tokens.</summary>
    public abstract IReadOnlyDictionary<string, int> Vocabulary { get; }

    /// <summary>Every id with its token: those of <see cref="Vocabulary"/>, and those that a token has beside the one that encoding gives it.</summary>
    public virtual IReadOnlyCollection<KeyValuePair<string, int>> Tokens => Vocabulary;

    /// <summary>Whether <see cref="Encode"/> itself spells a piece's bytes with the byte-level alphabet when asked to.</summary>
    public virtual bool SpellsBytes => false;

    /// <summary>Appends the tokens of one piece, with ranges within the piece where they are kept.</summary>
    /// <param name="piece">Well-formed UTF-16, not empty.</param>
    /// <param name="byteLevel">The symbols are the UTF-8 bytes rather than the characters; only where <see cref="SpellsBytes"/>.</param>
    /// <param name="tokens">Where the tokens go.</param>
    public abstract void Encode(ReadOnlySpan<char> piece, bool byteLevel, TokenList tokens);
}
