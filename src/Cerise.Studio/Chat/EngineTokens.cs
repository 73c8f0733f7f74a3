using System.Runtime.CompilerServices;
using Cerise.Data.Inference;

namespace Cerise.Studio.Chat;

/// <summary>What an engine answers, its faults as those of a request.</summary>
internal static class EngineTokens
{
    /// <summary>Answers a request.</summary>
    /// <param name="engine">What answers.</param>
    /// <param name="request">What to answer.</param>
    /// <param name="prompt">The field that the prompt came from, for messages.</param>
    /// <param name="cancellation">Gives the request up.</param>
    /// <exception cref="RequestException">The engine refused, or could not finish.</exception>
    public static async IAsyncEnumerable<EngineToken> Of(
        ITextEngine engine, EngineRequest request, string prompt, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using IAsyncEnumerator<EngineToken> tokens = engine.Generate(request, cancellation).GetAsyncEnumerator(cancellation);
        while (await Next(tokens, prompt).ConfigureAwait(false))
            yield return tokens.Current;
    }

    private static async ValueTask<bool> Next(IAsyncEnumerator<EngineToken> tokens, string prompt)
    {
        try
        {
            return await tokens.MoveNextAsync().ConfigureAwait(false);
        }
        catch (EngineException fault)
        {
            throw RequestException.From(fault, prompt);
        }
    }
}
