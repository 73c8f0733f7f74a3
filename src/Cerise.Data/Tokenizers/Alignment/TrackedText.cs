namespace Cerise.Data.Tokenizers.Alignment;

/// <summary>A text on its way through the normalizers.</summary>
/// <param name="Text">As it is now.</param>
/// <param name="Origins">Where its units come from, or null where nobody asks.</param>
internal readonly record struct TrackedText(string Text, Origins? Origins)
{
    /// <summary>The same origins under another text of the same length.</summary>
    public TrackedText WithSameOrigins(string text) => new(text, Origins);
}
