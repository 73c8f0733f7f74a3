using System.Text;
using System.Text.Json.Nodes;

namespace Cerise.Data.ChatTemplates.Files;

/// <summary>A template as a file holds it.</summary>
/// <param name="Name">"default", or the name of a further one.</param>
/// <param name="Source">The program.</param>
/// <param name="File">Where it was read.</param>
internal sealed record NamedTemplate(string Name, string Source, string File);

/// <summary>The chat templates of a model folder, and the special tokens that they know.</summary>
/// <param name="Templates">At least one.</param>
/// <param name="SpecialTokens">Variables for every rendering.</param>
internal sealed record TemplateFiles(IReadOnlyList<NamedTemplate> Templates, JsonObject SpecialTokens)
{
    private const string TemplateFile = "chat_template.jinja";
    private const string FurtherFolder = "additional_chat_templates";
    private const string ProcessorFile = "chat_template.json";
    private const string Extension = ".jinja";
    private const string Default = "default";

    /// <summary>Reads what a path holds; null for a folder without a template.</summary>
    /// <exception cref="ChatTemplateException">No such path, or a file is damaged.</exception>
    public static TemplateFiles? Read(string path)
    {
        if (Directory.Exists(path))
            return ReadFolder(path);
        List<NamedTemplate> templates = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            ? ReadMember(ConfigFile.Read(path), path)
            : [new NamedTemplate(Default, ReadText(path), path)];
        return templates.Count > 0 ? new TemplateFiles(templates, []) : throw new ChatTemplateException(path, "there is no chat_template in it");
    }

    /// <summary>Writes templates into a folder, each file beside its place and then renamed.</summary>
    /// <exception cref="ChatTemplateException">A file cannot be written.</exception>
    public static void Write(string folder, IReadOnlyDictionary<string, string> templates)
    {
        try
        {
            foreach ((string name, string source) in templates)
            {
                string path = name == Default ? Path.Combine(folder, TemplateFile) : Path.Combine(folder, FurtherFolder, name + Extension);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                FileBeside.Write(path, Encoding.UTF8.GetBytes(source));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ChatTemplateException(folder, $"the chat template cannot be written: {e.Message}", e);
        }
    }

    private static TemplateFiles? ReadFolder(string folder)
    {
        string file = Path.Combine(folder, TemplateFile), further = Path.Combine(folder, FurtherFolder);
        List<NamedTemplate> templates = File.Exists(file) ? [new NamedTemplate(Default, ReadText(file), file)] : [];
        if (Directory.Exists(further))
            foreach (string path in Directory.EnumerateFiles(further, "*" + Extension).Order(StringComparer.Ordinal))
                templates.Add(new NamedTemplate(Path.GetFileNameWithoutExtension(path), ReadText(path), path));
        string processor = Path.Combine(folder, ProcessorFile), config = Path.Combine(folder, ConfigFile.Name);
        if (templates.Count == 0 && File.Exists(processor))
            templates = ReadMember(ConfigFile.Read(processor), processor);
        JsonObject? settings = File.Exists(config) ? ConfigFile.Read(config) : null;
        if (templates.Count == 0 && settings is not null)
            templates = ReadMember(settings, config);
        return templates.Count == 0 ? null : new TemplateFiles(templates, ConfigFile.SpecialTokens(settings, folder));
    }

    // "chat_template" is one program, or a list of {"name", "template"}, or an object of them.
    private static List<NamedTemplate> ReadMember(JsonObject config, string file)
    {
        switch (config["chat_template"])
        {
            case null:
                return [];
            case JsonValue value when ConfigFile.Text(value) is { } source:
                return [new NamedTemplate(Default, source, file)];
            case JsonArray list:
                var named = new Dictionary<string, NamedTemplate>(StringComparer.Ordinal);
                foreach (JsonNode? item in list)
                {
                    if (item is not JsonObject entry || ConfigFile.Text(entry["name"]) is not { } name || ConfigFile.Text(entry["template"]) is not { } program)
                        throw new ChatTemplateException(file, "chat_template: each item must have a name and a template, both texts");
                    named[name] = new NamedTemplate(name, program, file);
                }
                return [.. named.Values];
            case JsonObject members:
                return [.. members.Select(member => new NamedTemplate(member.Key,
                    ConfigFile.Text(member.Value) ?? throw new ChatTemplateException(file, $"chat_template: '{member.Key}' must be a text"), file))];
            default:
                throw new ChatTemplateException(file, "chat_template must be a text or a list of named ones");
        }
    }

    private static string ReadText(string path)
    {
        byte[] bytes = ConfigFile.ReadBytes(path);
        try
        {
            ReadOnlySpan<byte> text = bytes;
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text.StartsWith("\uFEFF"u8) ? text[3..] : text);
        }
        catch (DecoderFallbackException e)
        {
            throw new ChatTemplateException(path, "the file is not valid UTF-8", e);
        }
    }
}
