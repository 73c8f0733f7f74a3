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

    /// <summary>Up to this id a vocabulary may have as many gaps as it likes; above it, seven of eight.</summary>
    private const int HighestSparseId = (1 << 20) - 1;

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
        List<AddedToken> added = ReadAddedTokens(root["added_tokens"], config, model);
        string?[] tokens = Table(root, model, added);
        return new TokenizerFile
        {
            Model = model,
            AddedTokens = added,
            Tokens = tokens,
            Normalizer = Normalizer.Read(root["normalizer"]),
            PreTokenizer = PreTokenizer.Read(root["pre_tokenizer"]),
            PostProcessor = Template(PostProcessor.Read(root["post_processor"], tokens.Length), config, tokens),
            Decoder = TokenDecoder.Read(root["decoder"]),
        };
    }

    /// <summary>The id that a JSON key spells, or null.</summary>
    public static int? ReadId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id <= HighestId ? id : null;

    /// <summary>
    /// The file's added tokens; then those that the files beside it name: with other flags, in addition, or because a token of the model's vocabulary has a
    /// role such as pad_token and is therefore to be found in text and to be special.
    /// </summary>
    private static List<AddedToken> ReadAddedTokens(FileNode node, TokenizerConfig config, TokenModel model)
    {
        var tokens = new SortedDictionary<int, AddedToken>();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (FileNode item in node.IsNull ? [] : node.Items())
        {
            AddedToken token = ReadAddedToken(item, item["id"].Count32(HighestId));
            if (!ids.TryAdd(token.Content, token.Id))
                throw item.Fail($"'{FileNode.Shorten(token.Content)}' is listed twice");
            if (!tokens.TryAdd(token.Id, token))
                throw item.Fail($"id {token.Id} is given to '{FileNode.Shorten(tokens[token.Id].Content)}' and to '{FileNode.Shorten(token.Content)}'");
        }
        foreach ((int id, FileNode item) in config.AddedTokens)
        {
            AddedToken token = ReadAddedToken(item, id);
            if (ids.TryGetValue(token.Content, out int known))
                tokens[known] = token with { Id = known, Special = token.Special || tokens[known].Special };
            else
                Add(token);
        }
        foreach ((int id, string content) in config.OlderAddedTokens)
            Add(new AddedToken(id, content) { Special = config.SpecialTokens.Contains(content), Normalized = !config.SpecialTokens.Contains(content) });
        foreach (string content in config.SpecialTokens)
            if (model.Vocabulary.TryGetValue(content, out int id))
                Add(new AddedToken(id, content) { Special = true });
        return [.. tokens.Values];

        void Add(AddedToken token)
        {
            if (token.Content.Length > 0 && !ids.ContainsKey(token.Content) && tokens.TryAdd(token.Id, token))
                ids.Add(token.Content, token.Id);
        }
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

    /// <summary>
    /// The file's template, or the one that add_bos_token and add_eos_token describe where they replace it or the file has none. The classes that replace it
    /// add the first token unless they are told not to.
    /// </summary>
    private static PostProcessor Template(PostProcessor read, TokenizerConfig config, string?[] tokens)
    {
        if (!config.ReplacesTemplate && read.Prefix.Length + read.Suffix.Length > 0)
            return read;
        int bos = Array.IndexOf(tokens, config.BosToken ?? ""), eos = Array.IndexOf(tokens, config.EosToken ?? "");
        return new((config.AddsBos ?? config.ReplacesTemplate) && bos >= 0 ? [bos] : [], config.AddsEos == true && eos >= 0 ? [eos] : []);
    }

    private static string?[] Table(FileNode root, TokenModel model, List<AddedToken> added)
    {
        int highest = -1;
        foreach (int id in model.Vocabulary.Values)
            highest = Math.Max(highest, id);
        foreach (AddedToken token in added)
            highest = Math.Max(highest, token.Id);
        int count = model.Vocabulary.Count + added.Count;
        if (highest > HighestSparseId && highest / 8 > count)
            throw root.Fail($"id {highest} is too high for a vocabulary of {count} tokens");
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
