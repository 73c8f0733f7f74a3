using System.Text.Json.Nodes;

namespace Cerise.Studio.Chat;

/// <summary>How much the model is to think, in the words of OpenAI's API, as templates read it.</summary>
internal static class ReasoningEffort
{
    /// <summary>No thinking at all.</summary>
    public const string None = "none";

    /// <summary>Tells a template. Some know the effort by its name, others only whether to think; a variable that is set already stays.</summary>
    public static void Set(JsonObject variables, string effort)
    {
        variables.TryAdd("reasoning_effort", effort);
        if (effort == None)
            variables.TryAdd("enable_thinking", false);
    }
}
