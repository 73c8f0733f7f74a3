using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>What tokenizer_config.json and the older special_tokens_map.json and added_tokens.json say beside the tokenizer itself.</summary>
/// <remarks>Old and new spellings: a token is a string or an object with flags; further special tokens are listed or named one by one.</remarks>
internal sealed record TokenizerConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "tokenizer_config.json";

    /// <summary>
    /// The older file of special tokens. Where both name one it comes before a tokenizer_config.json that does not describe the added tokens, as in the
    /// library that reads them, and after one that does.
    /// </summary>
    public const string SpecialTokensFileName = "special_tokens_map.json";

    /// <summary>The older file of added tokens and their ids.</summary>
    public const string AddedTokensFileName = "added_tokens.json";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Roles = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    private static readonly string[] Lists = ["additional_special_tokens", "extra_special_tokens", "model_specific_special_tokens"];

    /// <summary>Classes that build their template from add_bos_token and add_eos_token, whatever tokenizer.json says.</summary>
    private static readonly string[] TemplateClasses = ["Llama", "CodeLlama", "Gemma", "Cohere"];

    private readonly Dictionary<string, string> _named = new(StringComparer.Ordinal);

    /// <summary>The token that begins a text, as text.</summary>
    public string? BosToken => Named("bos_token");

    /// <summary>The token that ends a text, as text.</summary>
    public string? EosToken => Named("eos_token");

    /// <summary>The token that fills a batch, as text.</summary>
    public string? PadToken => Named("pad_token");

    /// <summary>Whether the model's authors tidy spaces before punctuation after decoding.</summary>
    public bool CleanUpTokenizationSpaces { get; private init; }

    /// <summary>The class of the library that reads this file, without "Tokenizer" and "Fast", such as Llama or GPT2; null where none is named.</summary>
    public string? Class { get; private init; }

    /// <summary>Whether encoding puts the first token before the text; null where the file does not say.</summary>
    public bool? AddsBos { get; private init; }

    /// <summary>Whether encoding puts the last token after the text; null where the file does not say.</summary>
    public bool? AddsEos { get; private init; }

    /// <summary>Whether <see cref="AddsBos"/> and <see cref="AddsEos"/> replace a template that tokenizer.json holds.</summary>
    public bool ReplacesTemplate => TemplateClasses.Contains(Class) && (AddsBos ?? AddsEos) is not null;

    /// <summary>The setting of a key that only tokenizers without tokenizer.json need.</summary>
    public bool? Flag(string name) => Root is not { } root || root[name].IsNull ? null : root[name].BooleanOr(false);

    /// <summary>The token of a role such as unk_token, or null.</summary>
    public string? Named(string role) => _named.GetValueOrDefault(role);

    /// <summary>Tokens of added_tokens_decoder, by id; the library that reads this file adds those that tokenizer.json lacks and takes their flags from here.</summary>
    public IReadOnlyList<(int Id, FileNode Node)> AddedTokens { get; private init; } = [];

    /// <summary>Tokens of added_tokens.json, in order of id.</summary>
    public IReadOnlyList<(int Id, string Content)> OlderAddedTokens { get; private init; } = [];

    /// <summary>Every token that has a role or is listed as special, in order and without repetition.</summary>
    public IReadOnlyList<string> SpecialTokens { get; private init; } = [];

    private FileNode? Root { get; init; }

    /// <summary>tokenizer_config.json or special_tokens_map.json with another eos_token; everything else stays as it is.</summary>
    /// <param name="json">The file, or null where there is none.</param>
    /// <param name="token">The token.</param>
    public static byte[] WithEosToken(byte[]? json, string token)
    {
        ReadOnlySpan<byte> text = json;
        JsonObject config = json is null ? [] : (JsonObject)JsonNode.Parse(text.StartsWith("\uFEFF"u8) ? text[3..] : text)!;
        config["eos_token"] = token;
        return JsonSerializer.SerializeToUtf8Bytes(config, Indented);
    }

    /// <summary>Reads what stands beside a tokenizer.</summary>
    /// <exception cref="TokenizerException">A file is damaged.</exception>
    public static TokenizerConfig Read(SavedFiles files)
    {
        FileNode? config = files.Config is { } json ? FileNode.Parse(json, files.ConfigPath) : null;
        FileNode? map = files.Companion(SpecialTokensFileName) is { } older ? FileNode.Parse(older, Path.Combine(files.Folder, SpecialTokensFileName)) : null;
        FileNode? added = files.Companion(AddedTokensFileName) is { } list ? FileNode.Parse(list, Path.Combine(files.Folder, AddedTokensFileName)) : null;
        var specials = new List<string>();
        var result = new TokenizerConfig
        {
            Root = config,
            Class = ReadClass(config),
            CleanUpTokenizationSpaces = config?["clean_up_tokenization_spaces"].BooleanOr(false) ?? false,
            AddsBos = config is { } first && !first["add_bos_token"].IsNull ? first["add_bos_token"].BooleanOr(false) : null,
            AddsEos = config is { } last && !last["add_eos_token"].IsNull ? last["add_eos_token"].BooleanOr(false) : null,
            AddedTokens = config is { } root ? ReadAddedTokens(root["added_tokens_decoder"]) : [],
            OlderAddedTokens = added is { } node ? [.. node.Members().Select(member => (member.Value.Count32(TokenizerFile.HighestId), member.Name)).OrderBy(entry => entry.Item1)] : [],
            SpecialTokens = specials,
        };
        bool mapFirst = config is not { } described || described["added_tokens_decoder"].IsNull;
        foreach (FileNode source in (mapFirst ? new[] { map, config } : [config, map]).OfType<FileNode>())
            result.ReadSpecialTokens(source, specials);
        return result;
    }

    private void ReadSpecialTokens(FileNode source, List<string> specials)
    {
        foreach (string role in Roles)
            if (Token(source[role]) is { } token && _named.TryAdd(role, token))
                Add(token);
        foreach (FileNode list in Lists.Select(name => source[name]).Where(list => !list.IsNull))
            foreach (FileNode item in list.IsArray ? list.Items() : list.Members().Select(member => member.Value))
                if (Token(item) is { } token)
                    Add(token);

        void Add(string token)
        {
            if (token.Length > 0 && !specials.Contains(token))
                specials.Add(token);
        }
    }

    private static string? ReadClass(FileNode? config)
    {
        string? name = config?["tokenizer_class"].StringOr(null);
        int end = name?.IndexOf("Tokenizer", StringComparison.Ordinal) ?? -1;
        return end > 0 ? name![..end] : null;
    }

    /// <summary>A token is written as a string or as an object with its content.</summary>
    private static string? Token(FileNode node) => node.IsObject ? node["content"].StringOr(null) : node.StringOr(null);

    private static List<(int Id, FileNode Node)> ReadAddedTokens(FileNode node)
    {
        var tokens = new List<(int Id, FileNode Node)>();
        if (node.IsNull)
            return tokens;
        foreach ((string name, FileNode value) in node.Members())
            tokens.Add((TokenizerFile.ReadId(name) ?? throw node.Fail($"'{FileNode.Shorten(name)}' is not a token id"), value));
        return tokens;
    }
}
