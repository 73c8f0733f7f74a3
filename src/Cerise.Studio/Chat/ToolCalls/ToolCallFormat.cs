namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>How the models of some template write tool calls.</summary>
internal abstract class ToolCallFormat
{
    private static readonly ToolCallFormat[] Known =
    [
        new TaggedCalls(),
        new ListedCalls("[TOOL_CALLS]", idLength: 9),
        new ListedCalls("<|tool_call|>"),
        new DeepSeekCalls(),
        new BareCalls(),
    ];

    /// <summary>The text that opens calls; null where an answer that begins with a brace is one.</summary>
    public abstract string? Opening { get; }

    /// <summary>Whether its markers are special tokens, which the text must then hold.</summary>
    public virtual bool NeedsSpecialTokens => false;

    /// <summary>Length of a call's id without <c>call_</c>, where templates ask for ids of a certain form; null for the usual one.</summary>
    public virtual int? IdLength => null;

    /// <summary>The format of a template: the first that it shows, else the commonest; null where it has no place for tools.</summary>
    /// <param name="template">The template's source.</param>
    public static ToolCallFormat? Of(string template) =>
        template.Contains("tools", StringComparison.Ordinal) ? Known.FirstOrDefault(format => format.IsOf(template)) ?? Known[0] : null;

    /// <summary>Begins to read calls, just after <see cref="Opening"/>.</summary>
    /// <param name="first">The number of the first call.</param>
    public abstract ToolCallReader Open(int first);

    /// <summary>How an answer that must be a call begins, and what JSON must follow.</summary>
    /// <param name="tools">The functions that may be called.</param>
    /// <param name="parallel">Whether several calls are allowed.</param>
    public abstract ForcedCall Force(IReadOnlyList<ToolDeclaration> tools, bool parallel);

    /// <summary>Whether a template's models write this.</summary>
    protected abstract bool IsOf(string template);
}
