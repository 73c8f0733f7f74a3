namespace Cerise.Data.Inference;

/// <summary>A request was refused or could not be finished.</summary>
public sealed class EngineException : Exception
{
    /// <param name="fault">Why.</param>
    /// <param name="message">What happened and how to fix it, for the caller's eyes.</param>
    /// <param name="setting">The setting at fault, in snake_case, such as <c>top_p</c>; null where it is none.</param>
    /// <param name="cause">What led to it.</param>
    public EngineException(EngineFault fault, string message, string? setting = null, Exception? cause = null)
        : base(message, cause)
    {
        Fault = fault;
        Setting = setting;
    }

    /// <summary>Why.</summary>
    public EngineFault Fault { get; }

    /// <summary>The setting at fault, in snake_case; null where it is none.</summary>
    public string? Setting { get; }
}
