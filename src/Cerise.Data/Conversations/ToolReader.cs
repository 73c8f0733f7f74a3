using System.Text.Json;
using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Reads the tools that a row offers.</summary>
internal static class ToolReader
{
    /// <summary>The tools in OpenAI's layout; a bare function, as LLaMA-Factory's data have it, is wrapped.</summary>
    /// <exception cref="DatasetException">One has no name.</exception>
    public static IReadOnlyList<JsonElement> Read(Row row)
    {
        List<JsonElement> tools = [];
        foreach (JsonElement tool in Cell.List(row, ConversationColumns.Tools))
        {
            JsonElement read = tool.ValueKind == JsonValueKind.String ? Cell.Parse(tool.GetString()!) : tool;
            bool isWrapped = read.ValueKind == JsonValueKind.Object && read.TryGetProperty("function", out _);
            JsonElement function = isWrapped ? read.GetProperty("function") : read;
            if (function.ValueKind != JsonValueKind.Object || !function.TryGetProperty("name", out JsonElement name) || name.ValueKind != JsonValueKind.String)
                throw row.Fault(ConversationColumns.Tools, $"has a fault: tool {tools.Count + 1} is no function with a name");
            tools.Add(isWrapped ? read : JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["type"] = "function", ["function"] = read }));
        }
        return tools;
    }
}
