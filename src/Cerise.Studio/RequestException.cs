using Cerise.Data.Inference;

namespace Cerise.Studio;

/// <summary>A request that cannot be answered as it was asked: the one exception for every such fault, over HTTP and in process.</summary>
public sealed class RequestException : Exception
{
    // What is quoted from a request can be of any length.
    private const int MostCharacters = 2000;

    /// <param name="status">The HTTP status that says so.</param>
    /// <param name="message">What is wrong and how to fix it, for the caller's eyes.</param>
    /// <param name="parameter">The field at fault, such as <c>messages[0].content</c>; null where it is none.</param>
    /// <param name="code">A word for programs, such as <c>context_length_exceeded</c>; null where the status says all.</param>
    /// <param name="cause">What led to it.</param>
    public RequestException(int status, string message, string? parameter = null, string? code = null, Exception? cause = null)
        : base(message.Length <= MostCharacters ? message : $"{message[..MostCharacters]}...", cause)
    {
        Status = status;
        Parameter = parameter;
        Code = code;
    }

    /// <summary>The HTTP status that says what kind of fault it is.</summary>
    public int Status { get; }

    /// <summary>The field at fault; null where it is none.</summary>
    public string? Parameter { get; }

    /// <summary>A word for programs; null where the status says all.</summary>
    public string? Code { get; }

    /// <summary>A field of the request is not what it must be: status 400.</summary>
    internal static RequestException Invalid(string parameter, string message, string? code = null) => new(400, message, parameter, code);

    /// <summary>What an engine's refusal is to a client.</summary>
    /// <param name="fault">The refusal.</param>
    /// <param name="prompt">The field that the prompt came from.</param>
    internal static RequestException From(EngineException fault, string prompt) => fault.Fault switch
    {
        EngineFault.InvalidSetting => new(400, fault.Message, fault.Setting == "prompt" ? prompt : fault.Setting, cause: fault),
        EngineFault.PromptTooLong => new(400, fault.Message, prompt, "context_length_exceeded", fault),
        EngineFault.QueueFull => new(429, fault.Message, code: "rate_limit_exceeded", cause: fault),
        EngineFault.ShuttingDown => new(503, fault.Message, code: "shutting_down", cause: fault),
        EngineFault.TimedOut => new(408, fault.Message, code: "request_timeout", cause: fault),
        _ => new(500, "the model failed while it answered; the server's log says more.", code: "engine_failed", cause: fault),
    };
}
