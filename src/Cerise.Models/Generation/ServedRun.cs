namespace Cerise.Models.Generation;

/// <summary>A request of a <see cref="GenerationService"/> and the stream its tokens go to. For the service's thread alone.</summary>
internal sealed class ServedRun(long index, GenerationRequest request, SamplingOptions options, GenerationStream stream, int context, int vocab)
    : RequestRun(index, request, options, context, vocab)
{
    /// <summary>Where its tokens go.</summary>
    public GenerationStream Stream => stream;

    /// <summary>Whether its first or a last token has not been delivered yet.</summary>
    public bool IsUrgent { get; set; }
}
