using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Cerise.Data.ChatTemplates.Files;

/// <summary>tokenizer_config.json as a chat template reads it: the template itself and the special tokens.</summary>
internal static class ConfigFile
{
    public const string Name = "tokenizer_config.json";

    private const string TokensFile = "special_tokens_map.json";

    /// <summary>Larger files hold no template.</summary>
    private const long LargestFile = 1L << 26;

    private static readonly string[] TokenNames =
        ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    /// <summary>Where a model's own tokens have their names, in the older and the newer spelling.</summary>
    private static readonly string[] NamedTokens = ["extra_special_tokens", "model_specific_special_tokens"];

    /// <summary>Reads a file that holds one JSON object.</summary>
    /// <exception cref="ChatTemplateException">It does not.</exception>
    public static JsonObject Read(string path)
    {
        ReadOnlySpan<byte> json = ReadBytes(path);
        if (!Utf8.IsValid(json))
            throw new ChatTemplateException(path, "the file is not valid UTF-8");
        try
        {
            var node = JsonNode.Parse(json.StartsWith("\uFEFF"u8) ? json[3..] : json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            RequireText(node);
            return node as JsonObject ?? throw new ChatTemplateException(path, "a JSON object is expected");
        }
        catch (JsonException e)
        {
            throw new ChatTemplateException(path, $"not valid JSON: {MessageText.Reason(e)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new ChatTemplateException(path, "a text holds half of a surrogate pair (\\ud800 to \\udfff), which is no text", e);
        }
    }

    /// <summary>
    /// The special tokens of a model folder as variables. special_tokens_map.json counts only where tokenizer_config.json is an old one that does not
    /// describe the added tokens, and then before it.
    /// </summary>
    public static JsonObject SpecialTokens(JsonObject? config, string folder)
    {
        var tokens = new JsonObject();
        if (config is not null)
            AddTokens(tokens, config);
        string map = Path.Combine(folder, TokensFile);
        if (config?["added_tokens_decoder"] is null && File.Exists(map))
            AddTokens(tokens, Read(map));
        return tokens;
    }

    /// <exception cref="ChatTemplateException">The file cannot be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile } large)
                throw new ChatTemplateException(path, $"{large.Length} bytes are too many for a chat template");
            return WholeFile.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new ChatTemplateException(path.Length == 0 ? "(empty path)" : path, "no such file; a chat template is a .jinja file or a model folder", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ChatTemplateException(path, $"the file cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The text that a node holds, or null for anything else.</summary>
    public static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>Decodes every name and text once, so that an escape of half a surrogate pair is found here and not at some later use.</summary>
    private static void RequireText(JsonNode? node)
    {
        if (node is JsonObject members)
            foreach ((_, JsonNode? value) in members)
                RequireText(value);
        else if (node is JsonArray items)
            foreach (JsonNode? item in items)
                RequireText(item);
        else
            _ = Text(node);
    }

    private static void AddTokens(JsonObject tokens, JsonObject config)
    {
        foreach (string name in TokenNames)
            if (Content(config[name]) is { } token)
                tokens[name] = token;
        if (config["additional_special_tokens"] is JsonArray additional)
            tokens["additional_special_tokens"] =
                new JsonArray([.. additional.Select(token => Content(token)).OfType<string>().Select(token => JsonValue.Create(token))]);
        foreach (string named in NamedTokens)
            if (config[named] is JsonObject extra)
                foreach ((string name, JsonNode? token) in extra)
                    if (Content(token) is { } content)
                        tokens[name] = content;
    }

    /// <summary>A token is written as a text or as an object with its content.</summary>
    private static string? Content(JsonNode? node) => Text(node is JsonObject entry ? entry["content"] : node);
}
