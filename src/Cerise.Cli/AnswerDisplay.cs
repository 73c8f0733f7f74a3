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
                terminal.Output.Write(text.Text);
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

    private string Line => $"thinking... ({_thoughtTokens} tokens; /show unfolds them)";

    private void Fold()
    {
        if (_folded || _thought.Length == 0)
            return;
        _folded = true;
        terminal.Error.WriteLine(terminal.IsScreen ? $"\r{Line}" : Line);
    }
}
