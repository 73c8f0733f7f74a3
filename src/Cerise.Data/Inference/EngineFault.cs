namespace Cerise.Data.Inference;

/// <summary>Why an engine refuses or gives up a request.</summary>
public enum EngineFault
{
    /// <summary>A setting or the prompt is not one the engine can take; the message names it. The caller's fault.</summary>
    InvalidSetting,

    /// <summary>The prompt leaves no room in the context. The caller's fault.</summary>
    PromptTooLong,

    /// <summary>Too many requests wait; try again later.</summary>
    QueueFull,

    /// <summary>The engine takes no more requests, or was stopped before this one was finished.</summary>
    ShuttingDown,

    /// <summary>The request took longer than its <see cref="EngineRequest.Timeout"/>.</summary>
    TimedOut,

    /// <summary>The model failed, such as with logits that are not numbers. The engine's fault.</summary>
    Failed,
}
