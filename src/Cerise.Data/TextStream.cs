namespace Cerise.Data;

/// <summary>The text of a growing list of ids, piece by piece; never half a character.</summary>
/// <remarks>
/// What <see cref="Append"/> and at the end <see cref="Flush"/> return adds up to what <see cref="ITokenizer.Decode"/> makes of all ids. One exception:
/// where a SentencePiece-style tokenizer ends or breaks off a run of byte tokens within a character, the characters already complete have been given out,
/// while Decode replaces the whole run. Not safe for use from many threads at once.
/// </remarks>
public abstract class TextStream
{
    /// <summary>Adds an id and returns the text that became certain, often that of this id, sometimes empty.</summary>
    public abstract string Append(int id);

    /// <summary>Returns what is still held back, with U+FFFD for bytes that never became a character, and begins anew.</summary>
    public abstract string Flush();
}
