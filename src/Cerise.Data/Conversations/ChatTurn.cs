namespace Cerise.Data.Conversations;

/// <summary>A stretch of a rendered conversation that one message wrote, or that the template wrote around them.</summary>
/// <param name="Message">Index of the message; -1 for the template.</param>
/// <param name="Role">Who speaks; <c>template</c> where nobody does.</param>
/// <param name="Start">Its first character in the text.</param>
/// <param name="End">The character after its last.</param>
public sealed record ChatTurn(int Message, string Role, int Start, int End)
{
    /// <summary>The role of what the template writes by itself.</summary>
    public const string Template = "template";

    /// <summary>The stretches of characters that are trained. Default none.</summary>
    public IReadOnlyList<(int Start, int End)> Trained { get; init; } = [];

    /// <summary>Whether the message was to be trained.</summary>
    public bool IsTrained { get; init; }

    /// <summary>The token that ends the answer; null where none does, and for turns that are not trained.</summary>
    public int? EndToken { get; init; }

    /// <summary>
    /// Whether the turn begins with what the template appends to ask for an answer, so that the answer is trained after the very text that precedes it at
    /// inference. True for turns that are not trained.
    /// </summary>
    public bool BeginsAsAtInference { get; init; } = true;

    /// <summary>Whether the message was to be trained with thoughts that the template does not write. Default false.</summary>
    public bool LosesThoughts { get; init; }

    /// <summary>What keeps the turn from being trained as the message says it; null for nothing.</summary>
    public string? Problem { get; init; }
}
