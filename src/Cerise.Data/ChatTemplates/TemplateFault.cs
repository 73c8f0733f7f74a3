namespace Cerise.Data.ChatTemplates;

/// <summary>What goes wrong inside the engine; it becomes a <see cref="ChatTemplateException"/> with its place at the outer edge.</summary>
/// <param name="message">What happened, in the words of the reference implementation where it has some.</param>
internal sealed class TemplateFault(string message) : Exception(message)
{
    /// <summary>Whether the template itself refused its input, by raise_exception.</summary>
    public bool RaisedByTemplate { get; init; }

    /// <summary>Where in the source, or null for the node that is being evaluated.</summary>
    public int? Position { get; init; }
}
