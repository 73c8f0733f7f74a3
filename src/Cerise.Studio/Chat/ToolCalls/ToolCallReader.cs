using System.Text;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>Reads the text of tool calls as it arrives, from just after what opened them.</summary>
internal abstract class ToolCallReader
{
    private readonly StringBuilder _arguments = new();
    private List<AnswerDelta>? _into;

    /// <summary>Calls begun.</summary>
    public int Calls { get; private set; }

    /// <summary>The number of the first call.</summary>
    public int First { get; init; }

    /// <summary>Takes more text.</summary>
    /// <param name="text">It.</param>
    /// <param name="at">Where to begin in it; afterwards where the reading stopped.</param>
    /// <param name="into">Receives what became certain.</param>
    public CallReading Append(string text, ref int at, List<AnswerDelta> into)
    {
        _into = into;
        CallReading state = CallReading.More;
        while (state == CallReading.More && at < text.Length)
            state = Take(text[at], ref at);
        Emit();
        return state;
    }

    /// <summary>Ends the reading where the answer ends.</summary>
    public void Finish(List<AnswerDelta> into)
    {
        _into = into;
        AtEnd();
        Emit();
    }

    /// <summary>Takes one character; advances <paramref name="at"/> unless the character is not its own.</summary>
    protected abstract CallReading Take(char next, ref int at);

    /// <summary>Told that nothing follows.</summary>
    protected virtual void AtEnd()
    {
    }

    /// <summary>Begins a call.</summary>
    protected void Begin(string name)
    {
        Emit();
        _into!.Add(new AnswerDelta(AnswerDeltaKind.CallBegins, name, First + Calls++));
    }

    /// <summary>Adds to the arguments of the call begun last.</summary>
    protected void AddArguments(ReadOnlySpan<char> json) => _arguments.Append(json);

    private void Emit()
    {
        if (_arguments.Length == 0)
            return;
        _into!.Add(new AnswerDelta(AnswerDeltaKind.CallArguments, _arguments.ToString(), First + Calls - 1));
        _arguments.Clear();
    }
}
