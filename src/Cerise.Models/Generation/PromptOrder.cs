namespace Cerise.Models.Generation;

/// <summary>The order in which known prompts are computed: those that may run longest first, so that the last ones to run are short.</summary>
/// <remarks>
/// How long a completion will be is not known. Most room for new tokens comes first, and of those with the same room the longest prompt, whose steps cost
/// most. No completion depends on the order.
/// </remarks>
internal static class PromptOrder
{
    /// <param name="requests">The prompts.</param>
    /// <param name="mostNewTokens">Most tokens of a completion.</param>
    /// <param name="contextLength">Most tokens of prompt and completion.</param>
    /// <returns>Numbers of the prompts.</returns>
    public static IEnumerable<int> LongestFirst(IReadOnlyList<GenerationRequest> requests, int mostNewTokens, int contextLength)
    {
        int Prompt(int request) => requests[request].PromptIds.Count;
        return Enumerable.Range(0, requests.Count)
            .OrderByDescending(request => Math.Min(mostNewTokens, contextLength - Prompt(request)))
            .ThenByDescending(Prompt);
    }
}
