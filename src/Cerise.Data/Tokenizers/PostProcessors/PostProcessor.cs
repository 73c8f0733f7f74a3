using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.PostProcessors;

/// <summary>Puts special tokens around the ids of one text. The "post_processor" part of a tokenizer file.</summary>
/// <param name="prefix">Ids before the text's.</param>
/// <param name="suffix">Ids after the text's.</param>
internal sealed class PostProcessor(int[] prefix, int[] suffix)
{
    /// <summary>Adds nothing.</summary>
    public static PostProcessor None { get; } = new([], []);

    /// <summary>Ids before the text's.</summary>
    public int[] Prefix { get; } = prefix;

    /// <summary>Ids after the text's.</summary>
    public int[] Suffix { get; } = suffix;

    /// <summary>The post-processor that a node describes; ids must lie below <paramref name="vocabSize"/>.</summary>
    public static PostProcessor Read(FileNode node, int vocabSize)
    {
        if (node.IsNull)
            return None;
        switch (node["type"].StringOr(null))
        {
            case "TemplateProcessing":
                node.AllowOnly("type", "single", "pair", "special_tokens");
                return ReadTemplate(node, vocabSize);
            case "ByteLevel":
                node.AllowOnly("type", "add_prefix_space", "trim_offsets", "use_regex");      // trims spaces off ranges, which are given untrimmed here
                return None;
            case "Sequence":
                node.AllowOnly("type", "processors");
                return ReadSequence(node, vocabSize);
            case "BertProcessing" or "RobertaProcessing":
                node.AllowOnly("type", "cls", "sep", "trim_offsets", "add_prefix_space");
                return new([ReadPair(node["cls"], vocabSize)], [ReadPair(node["sep"], vocabSize)]);
            default:
                throw node.UnknownType("post_processor", "TemplateProcessing", "ByteLevel", "Sequence", "BertProcessing", "RobertaProcessing");
        }
    }

    /// <summary>Later processors stand outside earlier ones.</summary>
    private static PostProcessor ReadSequence(FileNode node, int vocabSize)
    {
        PostProcessor result = None;
        foreach (FileNode item in node["processors"].Items())
        {
            PostProcessor outer = Read(item, vocabSize);
            result = new([.. outer.Prefix, .. result.Prefix], [.. result.Suffix, .. outer.Suffix]);
        }
        return result;
    }

    private static PostProcessor ReadTemplate(FileNode node, int vocabSize)
    {
        List<int> prefix = [], suffix = [];
        bool textSeen = false;
        foreach (FileNode item in node["single"].Items())
        {
            FileNode special = item["SpecialToken"];
            if (special.IsNull)
            {
                FileNode sequence = item["Sequence"]["id"];
                if (textSeen || sequence.String() != "A")
                    throw sequence.Fail("a template for a single text holds the sequence A once");
                textSeen = true;
                continue;
            }
            string name = special["id"].String();
            FileNode token = node["special_tokens"][name];
            if (token.IsNull)
                throw special.Fail($"the template names '{FileNode.Shorten(name)}', which special_tokens does not describe");
            (textSeen ? suffix : prefix).AddRange(token["ids"].Items().Select(id => id.Count32(vocabSize - 1)));
        }
        return textSeen ? new([.. prefix], [.. suffix]) : throw node["single"].Fail("the template does not hold the sequence A");
    }

    private static int ReadPair(FileNode node, int vocabSize)
    {
        FileNode[] pair = [.. node.Items()];
        return pair.Length == 2 ? pair[1].Count32(vocabSize - 1) : throw node.Fail("[token, id] is expected");
    }
}
