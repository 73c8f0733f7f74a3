using System.Text.Json.Nodes;
using Cerise.Data.ChatTemplates;
using Cerise.Data.ChatTemplates.Files;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data;

/// <summary>
/// A chat template: the Jinja program of a model that turns messages, tools and settings into the text the model was trained on. Parsed once, it renders
/// any number of conversations, from any thread.
/// </summary>
/// <remarks>
/// Renders as Hugging Face transformers does (jinja2's immutable sandbox with trim_blocks, lstrip_blocks, loop controls and the generation tag; tojson as
/// json.dumps with ensure_ascii off; raise_exception; strftime_now). docs/how-to/use-chat-templates.md lists what is supported and what differs.
/// </remarks>
public sealed partial class ChatTemplate
{
    private const string Default = "default";
    private const string ToolUse = "tool_use";

    private readonly Dictionary<string, CompiledTemplate> _templates;      // of a folder, by name
    private readonly CompiledTemplate _template;
    private readonly CompiledTemplate? _forTools;
    private readonly JsonObject _specialTokens;

    private ChatTemplate(Dictionary<string, CompiledTemplate> templates, CompiledTemplate template, CompiledTemplate? forTools, JsonObject specialTokens)
    {
        (_templates, _template, _forTools, _specialTokens) = (templates, template, forTools, specialTokens);
        SpecialTokens = specialTokens.Where(token => token.Value is JsonValue).ToDictionary(token => token.Key, token => token.Value!.GetValue<string>());
    }

    /// <summary>What messages call the template: the name it was parsed under, or its file.</summary>
    public string Name => _template.Source.Name;

    /// <summary>The program.</summary>
    public string Source => _template.Original;

    /// <summary>The program that conversations with tools are rendered with: another one only where the folder has one named "tool_use".</summary>
    public string SourceForTools => (_forTools ?? _template).Original;

    /// <summary>
    /// Whether the template marks by <c>{% generation %}</c> what the model is to write; <see cref="TextOrigin.Generated"/> tells where. Few do.
    /// </summary>
    public bool HasGenerationBlocks => _template.HasGeneration || _forTools is { HasGeneration: true };

    /// <summary>bos_token, eos_token and their like from the model folder: variables of every rendering that does not set them itself.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens { get; }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The program.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="trimBlocks">Whether the line feed after a statement or comment goes; transformers always has it so, the default.</param>
    /// <param name="lstripBlocks">Whether white space before a statement or comment goes at the beginning of a line; likewise.</param>
    /// <exception cref="ChatTemplateException">The program is not well-formed, or uses what is not supported.</exception>
    public static ChatTemplate Parse(string source, string name, bool trimBlocks = true, bool lstripBlocks = true)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(name);
        var template = CompiledTemplate.Parse(source, name, trimBlocks, lstripBlocks);
        return new ChatTemplate(new() { [Default] = template }, template, null, []);
    }

    /// <summary>Reads the template of a model folder, or a file.</summary>
    /// <param name="fileOrModelFolder">
    /// A folder: chat_template.jinja and additional_chat_templates/NAME.jinja; without them chat_template.json; without that tokenizer_config.json. Or one
    /// file: one of the two JSON files, or the program itself.
    /// </param>
    /// <param name="name">
    /// Which of several templates. By default "default", and for conversations with tools "tool_use" where there is one.
    /// </param>
    /// <exception cref="ChatTemplateException">There is no such file or template, or it is not well-formed.</exception>
    public static ChatTemplate Load(string fileOrModelFolder, string? name = null) =>
        TryLoad(fileOrModelFolder, name) ?? throw new ChatTemplateException(fileOrModelFolder,
            "the folder has no chat template: neither chat_template.jinja nor chat_template.json, and tokenizer_config.json names none. " +
            "A base model has none; give a template file, or train on prompts and completions");

    /// <summary>Reads the template of a model folder, or a file; null for a folder that has none.</summary>
    /// <inheritdoc cref="Load"/>
    public static ChatTemplate? TryLoad(string fileOrModelFolder, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(fileOrModelFolder);
        if (TemplateFiles.Read(fileOrModelFolder) is not { } files)
            return null;
        var templates = files.Templates.ToDictionary(
            template => template.Name, template => CompiledTemplate.Parse(template.Source, template.File, trimBlocks: true, lstripBlocks: true));
        if (!templates.TryGetValue(name ?? Default, out CompiledTemplate? chosen))
            throw new ChatTemplateException(fileOrModelFolder, name is null
                ? $"there are several chat templates and none is the default. Name one of: {Names(templates)}"
                : $"there is no chat template '{name}'. There is: {Names(templates)}");
        return new ChatTemplate(templates, chosen, name is null ? templates.GetValueOrDefault(ToolUse) : null, files.SpecialTokens);
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="variables">
    /// <c>messages</c> and whatever else the template asks for: <c>tools</c>, <c>documents</c>, <c>add_generation_prompt</c>, <c>enable_thinking</c>, ...
    /// Not changed.
    /// </param>
    /// <param name="options">Limits and clock; the defaults when null.</param>
    /// <exception cref="ChatTemplateException">
    /// The template refuses the conversation (<see cref="ChatTemplateException.RaisedByTemplate"/>), does what cannot be done with it, or meets a limit.
    /// </exception>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public string Render(JsonObject variables, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        return Choose(variables).Render(variables, _specialTokens, options ?? new(), withOrigins: false).ToString();
    }

    /// <summary>Renders a conversation and says of every character which message it comes from.</summary>
    /// <inheritdoc cref="Render"/>
    public RenderedChat RenderWithOrigins(JsonObject variables, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(variables);
        TextBuffer text = Choose(variables).Render(variables, _specialTokens, options ?? new(), withOrigins: true);
        var origins = new List<TextOrigin>(text.Runs.Count);
        int start = 0;
        foreach ((int end, Origin origin) in text.Runs)
        {
            origins.Add(new TextOrigin(start, end - start, origin.Turn, origin.Message, origin.Generated));
            start = end;
        }
        return new RenderedChat(text.ToString(), origins);
    }

    /// <summary>
    /// Writes the template, and those it was loaded with, into a model folder: chat_template.jinja and additional_chat_templates/NAME.jinja, which take
    /// precedence over what tokenizer_config.json there may say.
    /// </summary>
    /// <exception cref="ChatTemplateException">A file cannot be written.</exception>
    public void Save(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        TemplateFiles.Write(folder, _templates.ToDictionary(template => template.Key, template => template.Value.Original));
    }

    private CompiledTemplate Choose(JsonObject variables) => _forTools is not null && variables["tools"] is not null ? _forTools : _template;

    private static string Names(Dictionary<string, CompiledTemplate> templates) =>
        string.Join(", ", templates.Keys.Order(StringComparer.Ordinal).Select(name => $"'{name}'"));
}
