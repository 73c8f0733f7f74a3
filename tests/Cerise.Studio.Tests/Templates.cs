using System.Text;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Tests;

/// <summary>Small chat templates.</summary>
internal static class Templates
{
    /// <summary>ChatML, with tools as Qwen2.5 knows them.</summary>
    public static ChatRendering ChatMl { get; } = new("tools <tool_call>", variables => Render(variables, "<|im_start|>assistant\n"));

    /// <summary>The same, with the reasoning opened by the prompt.</summary>
    public static ChatRendering Thinking { get; } = new("tools <tool_call> <think>", variables => Render(variables, "<|im_start|>assistant\n<think>\n"));

    /// <summary>The same, with another way to write tool calls.</summary>
    public static ChatRendering With(string source) => ChatMl with { Source = source };

    private static string Render(JsonObject variables, string generation)
    {
        var text = new StringBuilder();
        foreach (JsonNode? message in (JsonArray)variables["messages"]!)
        {
            var shown = (JsonObject)message!.DeepClone();
            shown.Remove("role");
            shown.Remove("content");
            text.Append($"<|im_start|>{message["role"]}\n{message["content"]}{(shown.Count > 0 ? shown.ToJsonString() : "")}<|im_end|>\n");
        }
        if (variables["tools"] is { } tools)
            text.Insert(0, $"tools {tools.ToJsonString()}\n");
        return text + generation;
    }
}
