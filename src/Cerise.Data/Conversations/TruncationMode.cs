namespace Cerise.Data.Conversations;

/// <summary>What becomes of examples that are too long. One of which nothing trained is left is dropped, whatever the mode.</summary>
public enum TruncationMode
{
    /// <summary>They keep their start; an answer that is cut gets no end token.</summary>
    KeepStart,

    /// <summary>They keep their end, without what they begin with: a begin token, a system prompt, the first turns.</summary>
    KeepEnd,

    /// <summary>They are left out.</summary>
    Drop,
}
