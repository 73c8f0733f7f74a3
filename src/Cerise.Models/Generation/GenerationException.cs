namespace Cerise.Models.Generation;

/// <summary>A request was refused or could not be finished.</summary>
public sealed class GenerationException : Exception
{
    /// <param name="fault">Why.</param>
    /// <param name="message">What happened and how to fix it.</param>
    /// <param name="cause">What led to it.</param>
    public GenerationException(GenerationFault fault, string message, Exception? cause = null)
        : base(message, cause) => Fault = fault;

    /// <summary>Why.</summary>
    public GenerationFault Fault { get; }
}
