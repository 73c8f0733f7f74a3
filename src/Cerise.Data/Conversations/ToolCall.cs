using System.Text.Json;

namespace Cerise.Data.Conversations;

/// <summary>A call of a tool by the model.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">Its arguments: a JSON object, or the text that the dataset has in its place.</param>
/// <param name="Id">What the tool's answer refers to.</param>
public sealed record ToolCall(string Name, JsonElement Arguments, string Id);
