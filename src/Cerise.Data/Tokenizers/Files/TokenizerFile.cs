using System.Globalization;
using Cerise.Data.Tokenizers.AddedTokens;
using Cerise.Data.Tokenizers.Decoders;
using Cerise.Data.Tokenizers.Models;
using Cerise.Data.Tokenizers.Normalizers;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.PostProcessors;
using Cerise.Data.Tokenizers.PreTokenizers;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>The parts of a tokenizer as its tokenizer.json describes them.</summary>
internal sealed record TokenizerFile
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "tokenizer.json";

    /// <summary>Ids are indexes of tables here, so a damaged file must not ask for one of two thousand million entries.</summary>
    public const int HighestId = (1 << 24) - 1;

    /// <summary>Text to ids, within a piece.</summary>
    public required TokenModel Model { get; init; }

    /// <summary>In order of id.</summary>
    public required IReadOnlyList<AddedToken> AddedTokens { get; init; }

    /// <summary>The token of each id; null where there is none.</summary>
    public required string?[] Tokens { get; init; }

    public Normalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    public PostProcessor PostProcessor { get; init; } = PostProcessor.None;

    public TokenDecoder? Decoder { get; init; }

    /// <summary>Reads the parts.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="config">The file beside it, which may name further added tokens.</param>
    /// <exception cref="TokenizerException">The file is damaged or asks for what is not known here.</exception>
    public static TokenizerFile Read(ReadOnlyMemory<byte> json, string file, TokenizerConfig config)
    {
        FileNode root = FileNode.Parse(json, file);
        root.AllowOnly("version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder", "model");
        TokenModel model = ModelReader.Read(root["model"]);
        List<AddedToken> added = ReadAddedTokens(root["added_tokens"], config);
        string?[] tokens = Table(root, model, added);
        return new TokenizerFile
        {
            Model = model,
            AddedTokens = added,
            Tokens = tokens,
            Normalizer = Normalizer.Read(root["normalizer"]),
            PreTokenizer = PreTokenizer.Read(root["pre_tokenizer"]),
            PostProcessor = PostProcessor.Read(root["post_processor"], tokens.Length),
            Decoder = TokenDecoder.Read(root["decoder"]),
        };
    }

    /// <summary>The id that a JSON key spells, or null.</summary>
    public static int? ReadId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id <= HighestId ? id : null;

    private static List<AddedToken> ReadAddedTokens(FileNode node, TokenizerConfig config)
    {
        var tokens = new SortedDictionary<int, AddedToken>();
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (FileNode item in node.IsNull ? [] : node.Items())
        {
            AddedToken token = ReadAddedToken(item, item["id"].Count32(HighestId));
            if (!contents.Add(token.Content))
                throw item.Fail($"'{FileNode.Shorten(token.Content)}' is listed twice");
            if (!tokens.TryAdd(token.Id, token))
                throw item.Fail($"id {token.Id} is given to '{FileNode.Shorten(tokens[token.Id].Content)}' and to '{FileNode.Shorten(token.Content)}'");
        }
        foreach ((int id, FileNode item) in config.AddedTokens)
            if (ReadAddedToken(item, id) is var token && contents.Add(token.Content))
                tokens.TryAdd(id, token);
        return [.. tokens.Values];
    }

    private static AddedToken ReadAddedToken(FileNode node, int id)
    {
        bool special = node["special"].BooleanOr(false);
        return new AddedToken(id, node["content"].String())
        {
            Special = special,
            SingleWord = node["single_word"].BooleanOr(false),
            StripLeft = node["lstrip"].BooleanOr(false),
            StripRight = node["rstrip"].BooleanOr(false),
            Normalized = node["normalized"].BooleanOr(!special),
        };
    }

    private static string?[] Table(FileNode root, TokenModel model, List<AddedToken> added)
    {
        int highest = -1;
        foreach (int id in model.Vocabulary.Values)
            highest = Math.Max(highest, id);
        foreach (AddedToken token in added)
            highest = Math.Max(highest, token.Id);
        var tokens = new string?[highest + 1];
        foreach ((string token, int id) in model.Vocabulary)
            tokens[id] = tokens[id] is null ? token
                : throw root["model"].Fail($"id {id} is given to '{FileNode.Shorten(tokens[id]!)}' and to '{FileNode.Shorten(token)}'");
        foreach (AddedToken token in added)
        {
            if (tokens[token.Id] is { } other && other != token.Content)
                throw root["added_tokens"].Fail($"'{FileNode.Shorten(token.Content)}' has id {token.Id}, which the vocabulary gives to '{FileNode.Shorten(other)}'");
            if (model.Vocabulary.TryGetValue(token.Content, out int id) && id != token.Id)
                throw root["added_tokens"].Fail($"'{FileNode.Shorten(token.Content)}' has id {token.Id} here and {id} in the vocabulary");
            tokens[token.Id] = token.Content;
        }
        return tokens;
    }
}
