namespace Cerise.Data.Inference;

/// <summary>A model that answers requests: what the web side and the terminal need of it. Safe for use from many threads at once.</summary>
/// <remarks>
/// Chat templates are rendered above it: a request holds the prompt as text or ids. What a request gets depends on its prompt, its settings and its seed alone,
/// never on what else runs beside it.
/// </remarks>
public interface ITextEngine : IAsyncDisposable
{
    /// <summary>Name for clients, such as the model folder's.</summary>
    public string ModelName { get; }

    /// <summary>Most tokens of a prompt and its completion together.</summary>
    public int ContextLength { get; }

    /// <summary>What runs and waits now, and what has been done since the start.</summary>
    public EngineStatistics Statistics { get; }

    /// <summary>The ids of a text; special tokens written in it are recognised.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="beginsText">Whether the tokenizer puts first what begins a text, such as BOS (<see cref="PromptEncoding"/>). Default false: rendered chat templates hold theirs.</param>
    public int[] Tokenize(string text, bool beginsText = false);

    /// <summary>Answers a request, token by token.</summary>
    /// <remarks>
    /// The request is checked and takes its place in the queue when the enumeration begins. Tokens of one sample come in order, those of several interleaved.
    /// The last token of each sample has a <see cref="EngineToken.FinishReason"/>; the enumeration ends after that of the last sample. Where the caller cancels,
    /// or leaves the enumeration early, the request gives up its place before the next step.
    /// </remarks>
    /// <param name="request">What to complete and how.</param>
    /// <param name="cancellation">Gives the request up.</param>
    /// <exception cref="EngineException">The request is refused or could not be finished; <see cref="EngineException.Fault"/> says why.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public IAsyncEnumerable<EngineToken> Generate(EngineRequest request, CancellationToken cancellation = default);

    /// <summary>Refuses new requests from now on and waits until those it has accepted are finished.</summary>
    /// <param name="abort">Gives up waiting: what still runs or waits then fails with <see cref="EngineFault.ShuttingDown"/>.</param>
    public Task StopAsync(CancellationToken abort = default);
}
