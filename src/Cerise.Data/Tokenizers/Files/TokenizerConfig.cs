using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>What tokenizer_config.json says beside the tokenizer itself.</summary>
/// <param name="BosToken">The token that begins a text, as text.</param>
/// <param name="EosToken">The token that ends a text, as text.</param>
/// <param name="PadToken">The token that fills a batch, as text.</param>
/// <param name="CleanUpTokenizationSpaces">Whether the model's authors tidy spaces before punctuation after decoding.</param>
internal sealed record TokenizerConfig(string? BosToken, string? EosToken, string? PadToken, bool CleanUpTokenizationSpaces)
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "tokenizer_config.json";

    /// <summary>For a tokenizer without such a file.</summary>
    public static TokenizerConfig None { get; } = new(null, null, null, CleanUpTokenizationSpaces: false);

    /// <summary>Tokens of added_tokens_decoder, by id; the library that reads this file adds those that tokenizer.json lacks.</summary>
    public IReadOnlyList<(int Id, FileNode Node)> AddedTokens { get; init; } = [];

    public static TokenizerConfig Read(ReadOnlyMemory<byte> json, string file)
    {
        FileNode root = FileNode.Parse(json, file);
        return new TokenizerConfig(Token(root["bos_token"]), Token(root["eos_token"]), Token(root["pad_token"]), root["clean_up_tokenization_spaces"].BooleanOr(false))
        {
            AddedTokens = ReadAddedTokens(root["added_tokens_decoder"]),
        };
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
