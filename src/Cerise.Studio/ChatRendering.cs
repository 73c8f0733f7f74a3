using System.Text.Json.Nodes;

namespace Cerise.Studio;

/// <summary>A model's chat template.</summary>
/// <param name="Source">Its text, which tells how the model writes tool calls and reasoning.</param>
/// <param name="Render">Makes a prompt of variables: messages, tools, add_generation_prompt and whatever else it reads.</param>
public sealed record ChatRendering(string Source, Func<JsonObject, string> Render);
