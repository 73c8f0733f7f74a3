using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Inference;
using Cerise.Studio.Chat;
using Cerise.Studio.Chat.ToolCalls;
using Cerise.Studio.Json;
using Cerise.Studio.Wire;
using Microsoft.Extensions.AI;

namespace Cerise.Studio.Clients;

/// <summary>Makes requests of what <see cref="IChatClient"/> is given.</summary>
internal static class ClientRequest
{
    /// <summary>Makes a request.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="options">How to answer; null for the defaults.</param>
    /// <param name="defaults">How to sample where the options say nothing.</param>
    /// <exception cref="RequestException">It holds what the model cannot take, such as pictures.</exception>
    public static ChatRequest Of(IEnumerable<ChatMessage> messages, ChatOptions? options, SamplingSettings defaults)
    {
        options ??= new ChatOptions();
        RefuseWhatIsNotKept(options);
        List<ToolDeclaration> tools = [.. (options.Tools ?? []).Select(Declaration)];
        if (tools.GroupBy(tool => tool.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw RequestException.Invalid("tools", $"two tools have the name '{twice.Key}'; give each its own.");
        return new ChatRequest
        {
            Messages = ClientMessages.Of(messages, options.Instructions),
            Tools = tools,
            ToolChoice = Choice(options.ToolMode, tools),
            ParallelToolCalls = options.AllowMultipleToolCalls ?? true,
            AnswerSchema = Schema(options.ResponseFormat),
            TemplateVariables = Variables(options),
            Sampling = defaults with
            {
                Temperature = options.Temperature is { } temperature ? SamplingFields.Coldest(temperature) : defaults.Temperature,
                TopP = options.TopP is { } topP ? SamplingFields.Narrowest(topP) : defaults.TopP,
                TopK = options.TopK ?? defaults.TopK,
                PresencePenalty = options.PresencePenalty ?? defaults.PresencePenalty,
                FrequencyPenalty = options.FrequencyPenalty ?? defaults.FrequencyPenalty,
                Seed = options.Seed ?? defaults.Seed,
                MaxNewTokens = options.MaxOutputTokens ?? defaults.MaxNewTokens,
                StopStrings = [.. options.StopSequences ?? []],
            },
        };
    }

    // An answer to part of a conversation would be an answer to another one.
    private static void RefuseWhatIsNotKept(ChatOptions options)
    {
        if (options.ConversationId is not null)
            throw RequestException.Invalid("conversation_id", "the options name a conversation, and this client keeps none; send all messages each time.", "unsupported_parameter");
    }

    private static ToolDeclaration Declaration(AITool tool)
    {
        if (tool is not AIFunctionDeclaration function)
            throw RequestException.Invalid("tools", $"the tool '{tool.Name}' is a {tool.GetType().Name}; a local model can call functions only.");
        JsonObject? parameters = JsonObject.Create(function.JsonSchema);
        JsonObject described = new() { ["name"] = function.Name, ["description"] = function.Description };
        if (parameters is not null)
            described["parameters"] = parameters.DeepClone();
        return new ToolDeclaration(function.Name, new JsonObject { ["type"] = "function", ["function"] = described }, parameters);
    }

    private static ToolChoice Choice(ChatToolMode? mode, List<ToolDeclaration> tools)
    {
        if (mode is NoneChatToolMode)
            return new ToolChoice(ToolChoiceKind.None);
        if (mode is not RequiredChatToolMode required)
            return new ToolChoice(ToolChoiceKind.Auto);
        if (tools.Count == 0)
            throw RequestException.Invalid("tool_choice", "the tool mode asks for a call, and there are no tools.");
        if (required.RequiredFunctionName is not { } name)
            return new ToolChoice(ToolChoiceKind.Required);
        return tools.Exists(tool => tool.Name == name)
            ? new ToolChoice(ToolChoiceKind.Named, name)
            : throw RequestException.Invalid("tool_choice", $"the tool mode names '{name}', which is not among the tools.");
    }

    private static JsonObject? Schema(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } => JsonObject.Create(schema) ?? throw RequestException.Invalid("response_format", "the schema is not an object."),
        ChatResponseFormatJson => new JsonObject { ["type"] = "object" },
        _ => null,
    };

    // Additional properties are for the template: enable_thinking and its like.
    private static JsonObject Variables(ChatOptions options)
    {
        JsonObject variables = [];
        foreach ((string name, object? value) in options.AdditionalProperties ?? [])
            variables[name] = JsonSerializer.SerializeToNode(value, WireJson.ClientOptions);
        ChatFields.RefuseOwn(variables, nameof(options.AdditionalProperties));
        if (options.Reasoning?.Effort is { } effort)
            Chat.ReasoningEffort.Set(variables, effort == Microsoft.Extensions.AI.ReasoningEffort.ExtraHigh ? "xhigh" : effort.ToString().ToLowerInvariant());
        return variables;
    }
}
