namespace Cerise.Data.Inference;

/// <summary>A token that might have been drawn.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text, U+FFFD for bytes that are no whole character.</param>
/// <param name="Bytes">Its bytes; empty for special tokens.</param>
/// <param name="LogProb">Its log-probability at temperature 1, nats.</param>
public sealed record TokenLogProb(int Id, string Text, ReadOnlyMemory<byte> Bytes, float LogProb);
