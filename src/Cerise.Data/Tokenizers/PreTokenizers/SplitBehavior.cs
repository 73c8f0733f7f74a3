namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>What becomes of the matches of a splitting pattern.</summary>
internal enum SplitBehavior
{
    /// <summary>Matches are dropped.</summary>
    Removed,

    /// <summary>Each match is a piece of its own.</summary>
    Isolated,

    /// <summary>A match ends the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>A match begins the piece after it.</summary>
    MergedWithNext,

    /// <summary>Adjacent matches together are one piece.</summary>
    Contiguous,
}
