using Cerise.Data.Tokenizers.Bpe;
using Cerise.Data.Tokenizers.Models;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>Reads the "model" part of a tokenizer file.</summary>
internal static class ModelReader
{
    public static TokenModel Read(FileNode node)
    {
        if (node.IsNull)
            throw node.Fail("the file has no model");
        return node["type"].StringOr(GuessType(node)) switch
        {
            "BPE" => ReadBpe(node),
            "Unigram" => ReadUnigram(node),
            "WordPiece" => ReadWordPiece(node),
            "WordLevel" => ReadWordLevel(node),
            _ => throw node.UnknownType("model", "BPE", "Unigram", "WordPiece", "WordLevel"),
        };
    }

    /// <summary>Files of the first years name no type; the fields tell.</summary>
    private static string GuessType(FileNode node) =>
        node["vocab"].IsArray ? "Unigram"
        : !node["merges"].IsNull ? "BPE"
        : !node["max_input_chars_per_word"].IsNull ? "WordPiece"
        : !node["unk_token"].IsNull ? "WordLevel"
        : "BPE";

    private static BpeModel ReadBpe(FileNode node)
    {
        node.AllowOnly("type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges");
        if (node["dropout"].NumberOr(0) != 0)
            throw node["dropout"].Fail("merges would be left out at random; set it to null for a tokenizer in use");
        Dictionary<string, int> vocabulary = ReadVocabulary(node["vocab"]);
        string prefix = node["continuing_subword_prefix"].StringOr("")!;
        FileNode unknown = node["unk_token"];
        return new BpeModel(vocabulary, ReadMerges(node["merges"], vocabulary, prefix.Length), new BpeModelOptions
        {
            UnknownId = unknown.StringOr("") is not { Length: > 0 } token ? null
                : vocabulary.TryGetValue(token, out int id) ? id
                : throw unknown.Fail($"'{FileNode.Shorten(token)}' is not in the vocabulary"),
            FuseUnknown = node["fuse_unk"].BooleanOr(false),
            ByteFallback = node["byte_fallback"].BooleanOr(false),
            IgnoreMerges = node["ignore_merges"].BooleanOr(false),
            ContinuingPrefix = prefix,
            EndOfWordSuffix = node["end_of_word_suffix"].StringOr("")!,
        });
    }

    private static UnigramModel ReadUnigram(FileNode node)
    {
        node.AllowOnly("type", "unk_id", "vocab", "byte_fallback");
        FileNode list = node["vocab"];
        string[] tokens = new string[list.Count];
        double[] scores = new double[list.Count];
        int count = 0;
        foreach (FileNode item in list.Items())
        {
            FileNode[] pair = item.Count == 2 ? [.. item.Items()] : throw item.Fail("[token, score] is expected");
            (tokens[count], scores[count++]) = (pair[0].String(), pair[1].Number());
        }
        if (count is 0 or > TokenizerFile.HighestId)
            throw list.Fail(count == 0 ? "the vocabulary is empty" : "the vocabulary is too large");
        FileNode unknown = node["unk_id"];
        return new UnigramModel(tokens, scores, unknown.IsNull ? null : unknown.Count32(count - 1), node["byte_fallback"].BooleanOr(false));
    }

    private static WordPieceModel ReadWordPiece(FileNode node)
    {
        node.AllowOnly("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        FileNode longest = node["max_input_chars_per_word"];
        return new WordPieceModel(ReadVocabulary(node["vocab"]), node["unk_token"].StringOr("[UNK]")!, node["continuing_subword_prefix"].StringOr("##")!,
            longest.IsNull ? 100 : longest.Count32(int.MaxValue));
    }

    private static WordLevelModel ReadWordLevel(FileNode node)
    {
        node.AllowOnly("type", "unk_token", "vocab");
        return new WordLevelModel(ReadVocabulary(node["vocab"]), node["unk_token"].StringOr("<unk>")!);
    }

    private static Dictionary<string, int> ReadVocabulary(FileNode node)
    {
        if (!node.IsObject)
            throw node.Fail("an object of tokens and ids is expected");
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string token, FileNode value) in node.Members())
            if (!vocabulary.TryAdd(token, value.Count32(TokenizerFile.HighestId)))
                throw node.Fail($"'{FileNode.Shorten(token)}' occurs twice");
        return vocabulary.Count > 0 ? vocabulary : throw node.Fail("the vocabulary is empty");
    }

    private static MergeTable ReadMerges(FileNode node, Dictionary<string, int> vocabulary, int prefixLength)
    {
        var merges = new (int Left, int Right, int Result)[node.Count];
        int count = 0;
        foreach (FileNode item in node.Items())
        {
            (string left, string right) = ReadPair(item);
            string result = string.Concat(left, right.AsSpan(Math.Min(prefixLength, right.Length)));
            merges[count++] = (IdOf(left), IdOf(right), IdOf(result));

            int IdOf(string token) => vocabulary.TryGetValue(token, out int id) ? id
                : throw item.Fail($"the merge of '{FileNode.Shorten(left)}' and '{FileNode.Shorten(right)}' names '{FileNode.Shorten(token)}', which is not in the vocabulary");
        }
        return new MergeTable(merges);
    }

    /// <summary>A merge is "left right" or ["left", "right"].</summary>
    private static (string Left, string Right) ReadPair(FileNode item)
    {
        if (item.IsString)
        {
            string text = item.String();
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && space + 1 < text.Length && text.IndexOf(' ', space + 1) < 0)
                return (text[..space], text[(space + 1)..]);
        }
        else if (item.Count == 2)
        {
            FileNode[] pair = [.. item.Items()];
            return (pair[0].String(), pair[1].String());
        }
        throw item.Fail("a merge is two tokens: \"left right\" or [\"left\", \"right\"]");
    }
}
