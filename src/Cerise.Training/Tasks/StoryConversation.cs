namespace Cerise.Training.Tasks;

/// <summary>A conversation as a row of data.</summary>
/// <param name="Messages">Role and content of each message.</param>
public sealed record StoryConversation(IReadOnlyList<(string Role, string Content)> Messages)
{
    /// <summary>1 for an example to follow, -1 for one that belongs to a negative system prompt.</summary>
    public int Polarity { get; init; } = 1;

    /// <summary>What a row and its negative twin have in common; null where there is no twin.</summary>
    public string? PairId { get; init; }

    /// <summary>The problem it is about, in its canonical wording.</summary>
    public required string Question { get; init; }

    /// <summary>The right answer, for held-out rows; null for rows to train on.</summary>
    public string? Answer { get; init; }
}
