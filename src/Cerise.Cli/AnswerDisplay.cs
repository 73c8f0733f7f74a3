using System.Text;
using Microsoft.Extensions.AI;

namespace Cerise.Cli;

/// <summary>Shows one answer as it comes; what the model thinks is folded into a line that counts its pieces.</summary>
/// <param name="terminal">Where to: the answer to the output, the folded line beside it.</param>
internal sealed class AnswerDisplay(Terminal terminal)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thought = new();
    private int _thoughtTokens;
    private bool _folded;

    /// <summary>The answer so far.</summary>
    public string Text => _text.ToString();

    /// <summary>What the model thought.</summary>
    public string Thought => _thought.ToString();

    /// <summary>Shows a piece.</summary>
    public void Add(AIContent content)
    {
        switch (content)
        {
            case TextReasoningContent thought:
                _thought.Append(thought.Text);
                _thoughtTokens++;
                if (terminal.IsScreen)
                    terminal.Error.Write($"\r{Line}");
                break;
            case TextContent text:
                Fold();
                _text.Append(text.Text);
                terminal.Output.Write(terminal.ShowsOutput ? Visible(text.Text) : text.Text);
                terminal.Output.Flush();
                break;
            default:
                break;
        }
    }

    /// <summary>Ends the answer.</summary>
    public void End()
    {
        Fold();
        terminal.Output.WriteLine();
        terminal.Output.Flush();
    }

    /// <summary>A text whose control characters are shown instead of obeyed: what a model writes must not move a terminal's cursor or change its settings.</summary>
    public static string Visible(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.AsSpan().ContainsAnyInRange('\x7F', '\x9F'))
            return text;
        var visible = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is '\n' or '\t' || !char.IsControl(c))
                visible.Append(c);
            else if (c != '\r')
                visible.Append(c < 0x20 ? (char)('\u2400' + c) : c == 0x7F ? '\u2421' : '\uFFFD');
        }
        return visible.ToString();
    }

    private string Line => $"thinking... ({_thoughtTokens} tokens; /show unfolds them)";

    private void Fold()
    {
        if (_folded || _thought.Length == 0)
            return;
        _folded = true;
        terminal.Error.WriteLine(terminal.IsScreen ? $"\r{Line}" : Line);
    }
}
