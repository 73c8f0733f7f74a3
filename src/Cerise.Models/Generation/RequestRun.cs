namespace Cerise.Models.Generation;

/// <summary>A request under way.</summary>
/// <param name="index">Its number with the caller.</param>
/// <param name="request">Prompt, samples, seed.</param>
/// <param name="options">How to sample.</param>
/// <param name="context">Most tokens of prompt and completion.</param>
/// <param name="vocab">Tokens of the vocabulary.</param>
internal class RequestRun(long index, GenerationRequest request, SamplingOptions options, int context, int vocab)
{
    private readonly int[] _stops = [.. options.StopIds];

    /// <summary>Its number: where memory runs short, lower ones go first.</summary>
    public long Index => index;

    public GenerationRequest Request => request;

    public SamplingOptions Options => options;

    /// <summary>Tokens of the vocabulary.</summary>
    public int Vocab => vocab;

    /// <summary>Most new tokens of a sample.</summary>
    public int Room { get; } = Math.Min(options.MaxNewTokens, context - request.PromptIds.Count);

    /// <summary>Whether nobody wants it any more; set before <see cref="GenerationLoop.Sweep"/>.</summary>
    public bool Abandoned { get; set; }

    /// <summary>Tokens that end a sample.</summary>
    public ReadOnlySpan<int> Stops => _stops;

    /// <summary>Its completions, before their first token.</summary>
    public List<RunningSequence> NewSequences() => [.. Enumerable.Range(0, request.Samples).Select(sample => new RunningSequence(this, sample))];
}
