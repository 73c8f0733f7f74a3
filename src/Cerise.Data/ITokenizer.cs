namespace Cerise.Data;

/// <summary>Text to token ids and back. Implementations are safe for use from many threads at once.</summary>
public interface ITokenizer
{
    /// <summary>The highest id plus one: the rows an embedding needs at least. Ids between may be unused.</summary>
    public int VocabSize { get; }

    /// <summary>The id of the token that begins a text, as tokenizer_config.json names it; null where it names none that exists.</summary>
    public int? BosId { get; }

    /// <summary>The id of the token that ends a text, as tokenizer_config.json names it; null where it names none that exists.</summary>
    public int? EosId { get; }

    /// <summary>The id of the token that fills batches, as tokenizer_config.json names it; null where it names none that exists.</summary>
    public int? PadId { get; }

    /// <summary>The ids that the tokenizer's template puts before a text, such as BOS; empty where it puts none. A prompt begins with them (<see cref="PromptEncoding"/>).</summary>
    public IReadOnlyList<int> BeginningIds { get; }

    /// <summary>The ids of a text. Special tokens written in the text are always recognised.</summary>
    /// <param name="text">Any text; an unpaired surrogate is read as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the tokenizer's template adds its tokens, such as BOS and EOS, around the text; a prompt takes <see cref="PromptEncoding"/> instead.</param>
    public int[] Encode(string text, bool addSpecialTokens = true);

    /// <summary>The ids of a text, each with the characters that it stands for.</summary>
    /// <remarks>
    /// Ranges follow characters through normalization: a character that replaces several has the range of all of them, and tokens that share a character,
    /// such as the bytes of an emoji, each have the whole of it. Spaces are not trimmed off. A token that the model's conventions put before the text has the
    /// range of the character after it; one of the template (BOS, EOS) has an empty range at the text's beginning or end.
    /// </remarks>
    /// <param name="text">Any text; an unpaired surrogate is read as U+FFFD.</param>
    /// <param name="addSpecialTokens">Whether the tokenizer's template adds its tokens, such as BOS, around the text.</param>
    /// <returns>The ids of <see cref="Encode"/>, each with its range in UTF-16 units of <paramref name="text"/>, the end exclusive.</returns>
    public (int Id, int Start, int End)[] EncodeWithOffsets(string text, bool addSpecialTokens = true);

    /// <summary>The text of ids. Ids that no token has are passed over; bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">Ids in order.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false);

    /// <summary>Decodes ids that arrive one at a time, such as those being sampled.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public TextStream OpenTextStream(bool skipSpecialTokens = false);

    /// <summary>The id of a token as the vocabulary spells it, or null.</summary>
    public int? TokenToId(string token);

    /// <summary>The token of an id as the vocabulary spells it, or null.</summary>
    public string? IdToToken(int id);

    /// <summary>Whether the id is that of a special token.</summary>
    public bool IsSpecial(int id);

    /// <summary>
    /// The bytes of UTF-8 that a token adds to a text that has begun, which may be part of a character: those of consecutive tokens joined are the bytes of
    /// the decoded text, but for the space that some decoders drop at the very beginning. Empty for special tokens and for ids that no token has.
    /// </summary>
    public ReadOnlySpan<byte> TokenBytes(int id);
}
