using System.Text;
using System.Text.Json.Nodes;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.PreTokenizers;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>Model folders older than tokenizer.json: vocab.json with merges.txt (GPT-2, Qwen2) and vocab.txt (BERT), as their library converts them.</summary>
internal static class VocabularyFiles
{
    private const string VocabularyName = "vocab.json", MergesName = "merges.txt", WordListName = "vocab.txt";

    /// <summary>Files that other libraries read and this one does not.</summary>
    private static readonly string[] ForeignNames = ["tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "tekken.json", "qwen.tiktoken", "tiktoken.model"];

    /// <summary>The files that are read.</summary>
    public static IReadOnlyList<string> Names { get; } = [VocabularyName, MergesName, WordListName];

    /// <summary>The tokenizer.json that says the same.</summary>
    /// <exception cref="TokenizerException">The folder holds no tokenizer that is known here, or a damaged one.</exception>
    public static byte[] ToTokenizerFile(SavedFiles files)
    {
        TokenizerConfig config = TokenizerConfig.Read(files);
        if (files.Companion(VocabularyName) is { } vocabulary && files.Companion(MergesName) is { } merges)
            return Encoding.UTF8.GetBytes(ByteLevel(files, config, vocabulary, merges).ToJsonString());
        if (files.Companion(WordListName) is { } words)
            return Encoding.UTF8.GetBytes(Bert(files, config, words).ToJsonString());
        string folder = files.Folder.Length == 0 ? "." : files.Folder;
        string? foreign = ForeignNames.FirstOrDefault(name => File.Exists(Path.Combine(folder, name)));
        throw foreign is null
            ? new TokenizerException(files.TokenizerPath, "no such file; a tokenizer is a tokenizer.json or a folder that holds one")
            : new TokenizerException(files.TokenizerPath, $"no such file, and {foreign} beside it is not read here. Convert it once with Python: "
                + "transformers.AutoTokenizer.from_pretrained(FOLDER, use_fast=True).save_pretrained(FOLDER) writes tokenizer.json");
    }

    private static JsonObject ByteLevel(SavedFiles files, TokenizerConfig config, byte[] vocabulary, byte[] merges)
    {
        if (config.Class is not (null or "GPT2" or "Qwen2" or "PreTrained"))
            throw new TokenizerException(files.TokenizerPath, $"no such file, and vocab.json with merges.txt of the class {config.Class}Tokenizer are not read here. "
                + "Convert them once with Python: transformers.AutoTokenizer.from_pretrained(FOLDER, use_fast=True).save_pretrained(FOLDER) writes tokenizer.json");
        var vocab = new JsonObject();
        foreach ((string token, FileNode id) in FileNode.Parse(vocabulary, Path.Combine(files.Folder, VocabularyName)).Members())
            if (!vocab.TryAdd(token, id.Count32(TokenizerFile.HighestId)))
                throw new TokenizerException(Path.Combine(files.Folder, VocabularyName), $"'{FileNode.Shorten(token)}' occurs twice");
        var pairs = new JsonArray();
        foreach (string line in Lines(merges, Path.Combine(files.Folder, MergesName)))
            if (line.Length > 0 && !(pairs.Count == 0 && line.StartsWith("#version", StringComparison.Ordinal)))
                pairs.Add(line);
        bool qwen = config.Class == "Qwen2";
        var bytes = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = !qwen && config.Flag("add_prefix_space") == true, ["trim_offsets"] = true, ["use_regex"] = !qwen };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = qwen ? new JsonObject { ["type"] = "NFC" } : null,
            ["pre_tokenizer"] = qwen ? new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = Qwen2Scanner.Pattern }, ["behavior"] = "Isolated", ["invert"] = false }, bytes),
            } : bytes,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocab, ["merges"] = pairs },
        };
    }

    private static JsonObject Bert(SavedFiles files, TokenizerConfig config, byte[] words)
    {
        string path = Path.Combine(files.Folder, WordListName);
        if (config.Class is not (null or "Bert" or "DistilBert" or "Electra" or "MobileBert" or "PreTrained"))
            throw new TokenizerException(path, $"the vocabulary of the class {config.Class}Tokenizer is not read here; convert it to tokenizer.json");
        var vocab = new JsonObject();
        int count = 0;
        foreach (string line in Lines(words, path))
            vocab[line] = count++;                                          // of equal words the last counts, as in the library that reads this file
        string unknown = config.Named("unk_token") ?? "[UNK]", first = config.Named("cls_token") ?? "[CLS]", last = config.Named("sep_token") ?? "[SEP]";
        var specials = new JsonArray();
        foreach (string token in new[] { config.Named("pad_token") ?? "[PAD]", unknown, first, last, config.Named("mask_token") ?? "[MASK]" }.Distinct(StringComparer.Ordinal))
            if (vocab.ContainsKey(token))
                specials.Add(new JsonObject { ["id"] = (int)vocab[token]!, ["content"] = token, ["normalized"] = false, ["special"] = true });
        if (!vocab.ContainsKey(first) || !vocab.ContainsKey(last))
            throw new TokenizerException(path, $"the vocabulary lacks '{(vocab.ContainsKey(first) ? last : first)}', which stands around every text");
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = specials,
            ["normalizer"] = new JsonObject
            {
                ["type"] = "BertNormalizer",
                ["clean_text"] = true,
                ["handle_chinese_chars"] = config.Flag("tokenize_chinese_chars") ?? true,
                ["strip_accents"] = config.Flag("strip_accents"),
                ["lowercase"] = config.Flag("do_lower_case") ?? true,
            },
            ["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            ["post_processor"] = new JsonObject
            {
                ["type"] = "BertProcessing",
                ["cls"] = new JsonArray(first, (int)vocab[first]!),
                ["sep"] = new JsonArray(last, (int)vocab[last]!),
            },
            ["decoder"] = new JsonObject { ["type"] = "WordPiece", ["prefix"] = "##", ["cleanup"] = true },
            ["model"] = new JsonObject
            {
                ["type"] = "WordPiece",
                ["unk_token"] = unknown,
                ["continuing_subword_prefix"] = "##",
                ["max_input_chars_per_word"] = 100,
                ["vocab"] = vocab,
            },
        };
    }

    private static IEnumerable<string> Lines(byte[] text, string path)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text))
            throw new TokenizerException(path, "the file is not UTF-8");
        using var reader = new StringReader(Encoding.UTF8.GetString(text));
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
