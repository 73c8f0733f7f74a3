namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>The text of a template as it is parsed: line ends are line feeds, and one at the very end is gone.</summary>
internal sealed class Source
{
    /// <summary>Longer templates are refused; real ones have some thousand characters.</summary>
    public const int MaxLength = 1 << 20;

    public Source(string text, string name)
    {
        Name = name;
        Text = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (Text.EndsWith('\n'))
            Text = Text[..^1];
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>A fault with its line and column.</summary>
    public ChatTemplateException Locate(string message, int position, bool raisedByTemplate = false, Exception? inner = null)
    {
        ReadOnlySpan<char> before = Text.AsSpan(0, Math.Min(position, Text.Length));
        int line = before.Count('\n') + 1, column = before.Length - before.LastIndexOf('\n');
        return new ChatTemplateException(Name, line, column, message, raisedByTemplate, inner);
    }
}
