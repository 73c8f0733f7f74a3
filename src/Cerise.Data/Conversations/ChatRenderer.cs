using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Conversations;

/// <summary>Renders conversations in the form that a template wants, with the special tokens of a tokenizer.</summary>
internal sealed class ChatRenderer
{
    private readonly ChatTemplate _template;
    private readonly ITokenizer _tokenizer;
    private readonly ChatTokenizerOptions _options;
    private readonly Lazy<MessageForm?> _calls;
    private readonly Lazy<bool> _partsAsText;

    public ChatRenderer(ChatTemplate template, ITokenizer tokenizer, ChatTokenizerOptions options)
    {
        _template = template;
        _tokenizer = tokenizer;
        _options = options;
        _calls = new(FindCalls);
        _partsAsText = new(() => !TakesParts());
    }

    /// <summary>Whether the template itself marks what is trained.</summary>
    public bool MarksTrained => _template.HasGenerationBlocks;

    /// <summary>What the template reads of a conversation; its list of messages may be cut from the end and rendered again.</summary>
    /// <exception cref="ChatTemplateException">The conversation calls tools, and the template has no way to say so.</exception>
    public JsonObject Variables(Conversation conversation, IReadOnlyList<Message> messages, bool addGenerationPrompt)
    {
        MessageForm form = new(false, MessageForm.NoContent.Empty, messages.Any(message => message.Parts.Count > 0) && _partsAsText.Value);
        if (messages.Any(message => message.ToolCalls.Count > 0))
        {
            MessageForm calls = _calls.Value ?? throw new ChatTemplateException(
                _template.Name, "writes no tool calls, so a conversation that calls tools cannot be rendered. Use a template with tools, or leave such rows out.");
            form = calls with { PartsAsText = form.PartsAsText };
        }
        return Variables(conversation, form, messages, addGenerationPrompt);
    }

    /// <summary>Renders, telling where the characters come from.</summary>
    public RenderedChat RenderWithOrigins(JsonObject variables) => _template.RenderWithOrigins(variables, _options.Rendering);

    /// <summary>Renders.</summary>
    public string Render(JsonObject variables) => _template.Render(variables, _options.Rendering);

    private JsonObject Variables(Conversation conversation, MessageForm form, IReadOnlyList<Message> messages, bool addGenerationPrompt)
    {
        var variables = new JsonObject
        {
            ["messages"] = new JsonArray([.. messages.Select(form.ToJson)]),
            ["tools"] = conversation.Tools.Count > 0 ? MessageForm.Array(conversation.Tools) : null,
            ["documents"] = conversation.Documents.Count > 0 ? MessageForm.Array(conversation.Documents) : null,
            ["add_generation_prompt"] = addGenerationPrompt,
        };
        foreach ((string name, int? id) in new[] { ("bos_token", _tokenizer.BosId), ("eos_token", _tokenizer.EosId), ("pad_token", _tokenizer.PadId) })
            if (id is { } known)
                variables[name] = _tokenizer.IdToToken(known);
        foreach ((string name, JsonElement value) in _options.Variables.Concat(conversation.Variables))
            variables[name] = MessageForm.Node(value);
        return variables;
    }

    /// <summary>The first form in which a call comes out as it went in.</summary>
    private MessageForm? FindCalls()
    {
        const string name = "probe_name", key = "probe_key", value = "probe_value";
        JsonElement arguments = Cell.Parse($$"""{"{{key}}": "{{value}}"}""");
        Message[] messages =
        [
            new(MessageRoles.User, "question"),
            new(MessageRoles.Assistant, null) { ToolCalls = [new ToolCall(name, arguments, "call00000")] },
            new(MessageRoles.Tool, "result") { ToolCallId = "call00000" },
            new(MessageRoles.Assistant, "answer"),
        ];
        // A dictionary that became text by itself has Python's quotes; text that was written as JSON once more has escaped ones.
        return MessageForm.OfCalls.FirstOrDefault(form => TryRender(form, messages) is { } text
            && text.Contains(name, StringComparison.Ordinal) && text.Contains(key, StringComparison.Ordinal) && text.Contains(value, StringComparison.Ordinal)
            && !text.Contains($"'{key}'", StringComparison.Ordinal) && !text.Contains($"\\\"{key}", StringComparison.Ordinal));
    }

    private bool TakesParts()
    {
        const string said = "probe";
        Message[] messages = [new(MessageRoles.User, null) { Parts = [Cell.Parse($$"""{"type": "text", "text": "{{said}}"}""")] }];
        var form = new MessageForm(false, MessageForm.NoContent.Empty, PartsAsText: false);
        return TryRender(form, messages) is { } text && text.Contains(said, StringComparison.Ordinal)
            && !text.Contains("'text'", StringComparison.Ordinal) && !text.Contains("\"text\"", StringComparison.Ordinal);
    }

    private string? TryRender(MessageForm form, Message[] messages)
    {
        try
        {
            return Render(Variables(new Conversation(), form, messages, addGenerationPrompt: false));
        }
        catch (ChatTemplateException)
        {
            return null;
        }
    }
}
