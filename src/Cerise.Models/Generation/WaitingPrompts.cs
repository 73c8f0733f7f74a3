namespace Cerise.Models.Generation;

/// <summary>The order in which prompts are computed: those that may run longest first, so that the last ones to run are short.</summary>
/// <remarks>
/// How long a completion will be is not known. Most room for new tokens comes first, and of those with the same room the longest prompt, whose steps cost
/// most. No completion depends on the order.
/// </remarks>
internal sealed class WaitingPrompts
{
    private readonly Queue<int> _waiting;

    /// <param name="requests">The prompts.</param>
    /// <param name="mostNewTokens">Most tokens of a completion.</param>
    /// <param name="contextLength">Most tokens of prompt and completion.</param>
    public WaitingPrompts(IReadOnlyList<GenerationRequest> requests, int mostNewTokens, int contextLength)
    {
        int Prompt(int request) => requests[request].PromptIds.Count;
        _waiting = new Queue<int>(Enumerable.Range(0, requests.Count)
            .OrderByDescending(request => Math.Min(mostNewTokens, contextLength - Prompt(request)))
            .ThenByDescending(Prompt));
    }

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>The next one, which stays.</summary>
    public bool TryPeek(out int request) => _waiting.TryPeek(out request);

    /// <summary>Takes the next one out.</summary>
    public int Take() => _waiting.Dequeue();
}
