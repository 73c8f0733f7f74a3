namespace Cerise.Data.Conversations;

/// <summary>Who speaks in a message: the words that chat templates know.</summary>
public static class MessageRoles
{
    /// <summary>Instructions for the whole conversation.</summary>
    public const string System = "system";

    /// <summary>Instructions of the application, in templates that tell them from the system's.</summary>
    public const string Developer = "developer";

    /// <summary>The person.</summary>
    public const string User = "user";

    /// <summary>The model: what it says is trained on.</summary>
    public const string Assistant = "assistant";

    /// <summary>What a tool answered to a call.</summary>
    public const string Tool = "tool";

    /// <summary>The five roles.</summary>
    public static IReadOnlyList<string> All { get; } = [System, Developer, User, Assistant, Tool];

    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        [System] = System,
        [Developer] = Developer,
        [User] = User,
        ["human"] = User,
        [Assistant] = Assistant,
        ["gpt"] = Assistant,
        ["chatgpt"] = Assistant,
        ["model"] = Assistant,
        ["bot"] = Assistant,
        [FunctionCall] = Assistant,
        [Tool] = Tool,
        ["function"] = Tool,
        ["ipython"] = Tool,
        ["observation"] = Tool,
        ["tool_response"] = Tool,
        ["function_response"] = Tool,
    };

    /// <summary>ShareGPT's name for a turn of the model that is nothing but calls of tools, written as JSON in its value.</summary>
    internal const string FunctionCall = "function_call";

    /// <summary>Every name that is understood, for messages.</summary>
    internal static string KnownNames => string.Join(", ", Names.Keys);

    /// <summary>The role that a dataset means; null for a name that is not known.</summary>
    internal static string? Find(string name) => Names.GetValueOrDefault(name);
}
