using System.Text.Json.Nodes;
using Cerise.Data.Inference;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Chat;

/// <summary>A conversation to be answered, whoever asks: a client over HTTP, or code in this process.</summary>
internal sealed record ChatRequest
{
    /// <summary>The conversation as templates read it: roles, contents as texts, tool calls with their arguments as objects.</summary>
    public required JsonArray Messages { get; init; }

    /// <summary>Functions the model may call.</summary>
    public IReadOnlyList<ToolDeclaration> Tools { get; init; } = [];

    /// <summary>Whether it may or must.</summary>
    public ToolChoice ToolChoice { get; init; }

    /// <summary>Whether one answer may hold several calls.</summary>
    public bool ParallelToolCalls { get; init; } = true;

    /// <summary>The schema of JSON that the answer must be; null for any text.</summary>
    public JsonObject? AnswerSchema { get; init; }

    /// <summary>More variables for the template, such as <c>enable_thinking</c>.</summary>
    public JsonObject TemplateVariables { get; init; } = [];

    /// <summary>How to sample.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>How many answers.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Most time for all of it; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }
}
