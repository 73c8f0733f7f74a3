using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Inference;
using Cerise.Studio.Chat;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Wire;

/// <summary>A request to <c>/v1/chat/completions</c>, read and checked.</summary>
/// <param name="Model">The model asked for; null where none was named.</param>
/// <param name="Chat">What to answer.</param>
/// <param name="Stream">Whether to stream.</param>
/// <param name="IncludeUsage">Whether the stream ends with the tokens used.</param>
/// <param name="LogProbs">Whether log-probabilities are told.</param>
internal sealed record ChatFields(string? Model, ChatRequest Chat, bool Stream, bool IncludeUsage, bool LogProbs)
{
    /// <summary>Most functions of a request.</summary>
    private const int MaxTools = 128;

    /// <summary>Reads a request.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="defaults">How to sample where it says nothing.</param>
    /// <exception cref="RequestException">It is not a request; status 400, the field named.</exception>
    public static ChatFields Read(JsonObject body, SamplingSettings defaults)
    {
        var fields = new RequestFields(body);
        string? model = fields.Text("model");
        (bool stream, bool usage) = SamplingFields.Streaming(fields);
        bool logProbs = fields.Switch("logprobs") ?? false;
        long? top = fields.Integer("top_logprobs", 0, SamplingFields.MaxTopLogProbs);
        if (top is > 0 && !logProbs)
            throw RequestException.Invalid("top_logprobs", "top_logprobs needs logprobs to be true.");
        List<ToolDeclaration> tools = Tools(fields);
        var chat = new ChatRequest
        {
            Messages = ChatMessages.Read(fields),
            Tools = tools,
            ToolChoice = Choice(fields, tools),
            ParallelToolCalls = fields.Switch("parallel_tool_calls") ?? true,
            AnswerSchema = AnswerSchema(fields),
            TemplateVariables = TemplateVariables(fields),
            Samples = SamplingFields.Samples(fields),
            Sampling = SamplingFields.Read(fields, defaults) with
            {
                MaxNewTokens = MaxTokens(fields) ?? defaults.MaxNewTokens,
                TopLogProbs = logProbs ? (int)(top ?? 0) : null,
            },
        };
        OnlyText(fields);
        fields.RefuseOthers(SamplingFields.Harmless);
        return new ChatFields(model, chat, stream, usage, logProbs);
    }

    private static int? MaxTokens(RequestFields fields)
    {
        long? old = fields.Integer("max_tokens", 1, int.MaxValue);
        return (int?)(fields.Integer("max_completion_tokens", 1, int.MaxValue) ?? old);
    }

    private static List<ToolDeclaration> Tools(RequestFields fields)
    {
        foreach (string old in (string[])["functions", "function_call"])
            if (fields.Node(old) is not null)
                throw RequestException.Invalid(old, $"{old} is no longer supported; use tools and tool_choice.", "unsupported_parameter");
        if (fields.Objects("tools") is not { } tools)
            return [];
        if (tools.Count > MaxTools)
            throw RequestException.Invalid("tools", $"tools holds {tools.Count} functions; use at most {MaxTools}.");
        List<ToolDeclaration> read = [];
        foreach (RequestFields tool in tools)
        {
            if (tool.RequiredText("type") is var type && type != "function")
                throw RequestException.Invalid(tool.PathOf("type"), $"{tool.PathOf("type")} is not known; use function.");
            RequestFields function = tool.Object("function") ?? throw tool.Missing("function");
            string name = function.RequiredText("name");
            if (name.Length is 0 or > 128 || read.Exists(other => other.Name == name))
                throw RequestException.Invalid(function.PathOf("name"), $"{function.PathOf("name")} is empty, too long, or that of an earlier function.");
            read.Add(new ToolDeclaration(name, Definition(tool), function.ObjectNode("parameters")));
        }
        return read;
    }

    // As templates know it: 'strict' is for whoever samples.
    private static JsonObject Definition(RequestFields tool)
    {
        var function = (JsonObject)tool.ObjectNode("function")!.DeepClone();
        function.Remove("strict");
        return new JsonObject { ["type"] = "function", ["function"] = function };
    }

    private static ToolChoice Choice(RequestFields fields, List<ToolDeclaration> tools)
    {
        if (fields.Node("tool_choice") is not { } node)
            return new ToolChoice(ToolChoiceKind.Auto);
        ToolChoice choice;
        if (node is JsonObject)
        {
            RequestFields named = fields.Object("tool_choice")!;
            if (named.RequiredText("type") != "function")
                throw RequestException.Invalid(named.PathOf("type"), "tool_choice.type is not known; use function.");
            string name = (named.Object("function") ?? throw named.Missing("function")).RequiredText("name");
            if (!tools.Exists(tool => tool.Name == name))
                throw RequestException.Invalid("tool_choice", "tool_choice names a function that is not among the tools.");
            choice = new ToolChoice(ToolChoiceKind.Named, name);
        }
        else
        {
            choice = new ToolChoice(fields.Text("tool_choice") switch
            {
                "auto" => ToolChoiceKind.Auto,
                "none" => ToolChoiceKind.None,
                "required" => ToolChoiceKind.Required,
                _ => throw RequestException.Invalid("tool_choice", "tool_choice is not known; use none, auto, required, or an object that names a function."),
            });
        }
        if (choice.IsForced && tools.Count == 0)
            throw RequestException.Invalid("tool_choice", "tool_choice asks for a call, and there are no tools.");
        return choice;
    }

    private static JsonObject? AnswerSchema(RequestFields fields)
    {
        if (fields.Object("response_format") is not { } format)
            return null;
        switch (format.RequiredText("type"))
        {
            case "text":
                return null;
            case "json_object":
                return new JsonObject { ["type"] = "object" };
            case "json_schema":
                RequestFields described = format.Object("json_schema") ?? throw format.Missing("json_schema");
                described.RequiredText("name");
                return described.ObjectNode("schema") is { } schema ? (JsonObject)schema.DeepClone() : throw described.Missing("schema");
            default:
                throw RequestException.Invalid("response_format.type", "response_format.type is not known; use text, json_object or json_schema.");
        }
    }

    /// <summary>Refuses variables of the template that the request itself gives it.</summary>
    /// <param name="variables">They.</param>
    /// <param name="field">The field that they stand in.</param>
    /// <exception cref="RequestException">One is such.</exception>
    public static void RefuseOwn(JsonObject variables, string field)
    {
        foreach (string own in (string[])["messages", "tools", "add_generation_prompt"])
            if (variables.ContainsKey(own))
                throw RequestException.Invalid(field, $"{field} sets {own}, which the request itself says.");
    }

    private static JsonObject TemplateVariables(RequestFields fields)
    {
        JsonObject variables = fields.ObjectNode("chat_template_kwargs") is { } given ? (JsonObject)given.DeepClone() : [];
        RefuseOwn(variables, "chat_template_kwargs");
        if (fields.Text("reasoning_effort") is { } effort)
            ReasoningEffort.Set(variables, effort);
        if (fields.List("documents") is { } documents)
            variables["documents"] = documents.DeepClone();
        return variables;
    }

    private static void OnlyText(RequestFields fields)
    {
        if (fields.List("modalities") is { } kinds && kinds.Any(kind => kind?.GetValueKind() != JsonValueKind.String || kind.GetValue<string>() != "text"))
            throw RequestException.Invalid("modalities", "modalities asks for more than text, which is all this model writes.");
    }
}
