using System.Text.Json.Nodes;
using Cerise.Data;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Chat;

/// <summary>Conversations as the model's chat template writes them.</summary>
internal sealed class TemplateChatFormat : ChatFormat
{
    private readonly ChatTemplate _template;
    private readonly ChatTemplateOptions _options = new();
    private readonly JsonObject _tokens = [];

    /// <param name="template">The template.</param>
    /// <param name="tokenizer">The tokenizer, whose special tokens templates write by name.</param>
    public TemplateChatFormat(ChatTemplate template, ITokenizer tokenizer)
    {
        _template = template;
        Reasoning = ReasoningMarkers.Of(template.Source);
        ToolCalls = ToolCallFormat.Of(template.SourceForTools);
        foreach ((string name, int? id) in ((string, int?)[])[("bos_token", tokenizer.BosId), ("eos_token", tokenizer.EosId), ("pad_token", tokenizer.PadId)])
            if (id is { } known && !template.SpecialTokens.ContainsKey(name) && tokenizer.IdToToken(known) is { } token)
                _tokens[name] = token;
    }

    /// <inheritdoc/>
    public override ReasoningMarkers Reasoning { get; }

    /// <inheritdoc/>
    public override ToolCallFormat? ToolCalls { get; }

    /// <inheritdoc/>
    public override string Render(ChatRequest request)
    {
        var variables = (JsonObject)_tokens.DeepClone();
        foreach ((string name, JsonNode? value) in request.TemplateVariables)
            variables[name] = value?.DeepClone();
        variables["messages"] = request.Messages.DeepClone();
        variables["add_generation_prompt"] = true;
        if (request.Tools.Count > 0 && request.ToolChoice.Kind != ToolChoiceKind.None)
            variables["tools"] = new JsonArray([.. request.Tools.Select(tool => tool.Definition.DeepClone())]);
        try
        {
            return _template.Render(variables, _options);
        }
        catch (ChatTemplateException fault)
        {
            // Where the file lies is no business of clients.
            string place = fault.Line == 0 ? "" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line {fault.Line}, column {fault.Column}: ");
            throw new RequestException(
                422, fault.RaisedByTemplate ? $"the model's chat template refuses this conversation: {fault.Detail}" : $"the model's chat template cannot write this conversation: {place}{fault.Detail}",
                "messages", "template_refused", fault);
        }
    }
}
