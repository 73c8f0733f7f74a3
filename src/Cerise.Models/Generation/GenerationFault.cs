namespace Cerise.Models.Generation;

/// <summary>Why a <see cref="GenerationService"/> refuses or gives up a request.</summary>
public enum GenerationFault
{
    /// <summary>A setting or the prompt is out of range.</summary>
    Invalid,

    /// <summary>The prompt leaves no room in the context.</summary>
    PromptTooLong,

    /// <summary>Too many requests wait.</summary>
    QueueFull,

    /// <summary>The service takes no more requests, or was stopped before this one was finished.</summary>
    Stopping,

    /// <summary>The request took longer than it may.</summary>
    TimedOut,

    /// <summary>The model or the request's guide failed; the cause is the inner exception.</summary>
    Failed,
}
