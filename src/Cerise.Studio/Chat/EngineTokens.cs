using System.Runtime.CompilerServices;
using Cerise.Data.Inference;

namespace Cerise.Studio.Chat;

/// <summary>What an engine answers, its faults as those of a request.</summary>
internal static class EngineTokens
{
    /// <summary>Answers a request.</summary>
    /// <exception cref="RequestException">The engine refused, or could not finish.</exception>
    public static async IAsyncEnumerable<EngineToken> Of(
        ITextEngine engine, EngineRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using IAsyncEnumerator<EngineToken> tokens = engine.Generate(request, cancellation).GetAsyncEnumerator(cancellation);
        while (await Next(tokens).ConfigureAwait(false))
            yield return tokens.Current;
    }

    private static async ValueTask<bool> Next(IAsyncEnumerator<EngineToken> tokens)
    {
        try
        {
            return await tokens.MoveNextAsync().ConfigureAwait(false);
        }
        catch (EngineException fault)
        {
            throw RequestException.From(fault);
        }
    }
}
