namespace Cerise.Data;

/// <summary>A chat template cannot be read, parsed or rendered. The message names the template, line and column.</summary>
public sealed class ChatTemplateException : Exception
{
    /// <summary>Makes the exception for a template as a whole; the message begins with its name.</summary>
    public ChatTemplateException(string template, string message, Exception? inner = null)
        : base(MessageText.Bounded($"{template}: {message}"), inner)
    {
        Template = template;
        Detail = MessageText.Bounded(message);
    }

    internal ChatTemplateException(string template, int line, int column, string message, bool raisedByTemplate, Exception? inner)
        : base(MessageText.Bounded($"{template}:{line}:{column}: {message}"), inner)
    {
        Template = template;
        Line = line;
        Column = column;
        Detail = MessageText.Bounded(message);
        RaisedByTemplate = raisedByTemplate;
    }

    /// <summary>The template's name, as it was given when it was parsed, or the file.</summary>
    public string Template { get; }

    /// <summary>The line in the template, from 1; 0 where the fault has no place in it.</summary>
    public int Line { get; }

    /// <summary>The column in the line, in UTF-16 units from 1; 0 where the fault has no place in the template.</summary>
    public int Column { get; }

    /// <summary>The message without the place: for <see cref="RaisedByTemplate"/> the template's own words.</summary>
    public string Detail { get; }

    /// <summary>Whether the template itself refused its input, by calling <c>raise_exception</c>.</summary>
    public bool RaisedByTemplate { get; }
}
