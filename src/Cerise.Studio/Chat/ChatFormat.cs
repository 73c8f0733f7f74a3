using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Chat;

/// <summary>How the conversations of a model are written as text, and its answers are read.</summary>
internal abstract class ChatFormat
{
    /// <summary>The markers of reasoning.</summary>
    public abstract ReasoningMarkers Reasoning { get; }

    /// <summary>How tool calls are written; null where the format has none.</summary>
    public abstract ToolCallFormat? ToolCalls { get; }

    /// <summary>Texts that end an answer, beside those of the request.</summary>
    public virtual IReadOnlyList<string> StopStrings => [];

    /// <summary>Whether an answer begins with white space that is not its own.</summary>
    public virtual bool AnswersBeginWithSpace => false;

    /// <summary>Whether the tokenizer puts first what begins a text, such as BOS, because the text holds none.</summary>
    public virtual bool BeginsText => false;

    /// <summary>Writes a conversation, up to where the answer begins.</summary>
    /// <exception cref="RequestException">The format has no way to say it.</exception>
    public abstract string Render(ChatRequest request);
}
