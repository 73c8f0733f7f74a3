using Cerise.Data.Tokenizers.Bpe;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Files;

/// <summary>Reads the "model" part of a tokenizer file.</summary>
internal static class ModelReader
{
    public static BpeModel Read(FileNode node)
    {
        if (node.IsNull)
            throw node.Fail("the file has no model");
        if (node["type"].StringOr("BPE") != "BPE")
            throw node.UnknownType("model", "BPE");
        if (node["dropout"].NumberOr(0) != 0)
            throw node["dropout"].Fail("merges would be left out at random; set it to null for a tokenizer in use");
        Dictionary<string, int> vocabulary = ReadVocabulary(node["vocab"]);
        string prefix = node["continuing_subword_prefix"].StringOr("")!;
        FileNode unknown = node["unk_token"];
        return new BpeModel(vocabulary, ReadMerges(node["merges"], vocabulary, prefix.Length), new BpeModelOptions
        {
            UnknownId = unknown.IsNull ? null
                : vocabulary.TryGetValue(unknown.String(), out int id) ? id
                : throw unknown.Fail($"'{FileNode.Shorten(unknown.String())}' is not in the vocabulary"),
            FuseUnknown = node["fuse_unk"].BooleanOr(false),
            ByteFallback = node["byte_fallback"].BooleanOr(false),
            IgnoreMerges = node["ignore_merges"].BooleanOr(false),
            ContinuingPrefix = prefix,
            EndOfWordSuffix = node["end_of_word_suffix"].StringOr("")!,
        });
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
