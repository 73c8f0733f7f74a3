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

    /// <summary>What the files say that is not so.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

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
        string?[] vocabulary = OfModel(root, model);
        AddedTokenReader reader = new(model, vocabulary);
        IReadOnlyList<AddedToken> added = reader.Read(root["added_tokens"], config);
        string?[] tokens = WithAdded(root, vocabulary, added);
        return new TokenizerFile
        {
            Model = model,
            AddedTokens = added,
            Tokens = tokens,
            Warnings = reader.Warnings,
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

    private static string?[] OfModel(FileNode root, TokenModel model)
    {
        string?[] tokens = NewTable(root, model.Tokens.Max(token => token.Value), model.Tokens.Count);
        foreach ((string token, int id) in model.Tokens)
            tokens[id] = tokens[id] is null ? token
                : throw root["model"].Fail($"id {id} is given to '{FileNode.Shorten(tokens[id]!)}' and to '{FileNode.Shorten(token)}'");
        return tokens;
    }

    private static string?[] WithAdded(FileNode root, string?[] known, IReadOnlyList<AddedToken> added)
    {
        string?[] tokens = known;
        if (added.Count > 0 && added[^1].Id >= known.Length)
        {
            tokens = NewTable(root, added[^1].Id, known.Length + added.Count);
            known.CopyTo(tokens, 0);
        }
        foreach (AddedToken token in added)
            tokens[token.Id] = token.Content;
        return tokens;
    }

    private static string?[] NewTable(FileNode root, int highest, int count) => highest <= HighestSparseId || highest / 8 <= count ? new string?[highest + 1]
        : throw root.Fail($"id {highest} is too high for a vocabulary of {count} tokens");
}
