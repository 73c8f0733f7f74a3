using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers.Reference;

/// <summary>components.json: what the reference implementation gives for each kind of part, see make-components.mjs.</summary>
public class ComponentsTests
{
    private static readonly JsonObject Golden = JsonNode.Parse(File.ReadAllText(
        Path.Combine(TestPaths.Repository, "tests", "Cerise.Data.Tests", "Tokenizers", "Reference", "components.json")))!.AsObject();

    public static TheoryData<string> Names() => [.. Golden["cases"]!.AsArray().Select(entry => (string)entry!["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_part_gives_the_reference_ids_and_text(string name)
    {
        JsonNode entry = Golden["cases"]!.AsArray().Single(node => (string)node!["name"]! == name)!;
        JsonObject file = Merge(Golden["bases"]![(string)entry["base"]!]!.AsObject(), entry["parts"]!.AsObject());
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("tokenizer.json"), file.ToJsonString());
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        // The reference gives an added token back as the normalizer left it; here it comes back as it was.
        bool decodesAlike = (string)entry["base"]! != "bytes" || file["normalizer"] is null;
        for (int i = 0; i < Golden["texts"]!.AsArray().Count; i++)
        {
            string text = (string)Golden["texts"]![i]!;
            int[] ids = [.. entry["ids"]![i]!.AsArray().Select(id => (int)id!)];
            Assert.Equal(ids, tokenizer.Encode(text));
            if (name != "sentencepiece, unknown dropped")                           // the reference loses its place after a dropped character
                AssertRanges(entry["offsets"]![i]!.AsArray(), tokenizer.EncodeWithOffsets(text), ids, text, name.StartsWith("replace", StringComparison.Ordinal) || name.StartsWith("precompiled", StringComparison.Ordinal) ? text.Length : 3);
            if (decodesAlike)
                Assert.Equal((string)entry["decoded"]![i]!, tokenizer.Decode(ids));
            TextStream stream = tokenizer.OpenTextStream();
            Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(stream.Append)) + stream.Flush());
        }
    }

    /// <summary>Ranges are the reference's, or hold them where one character replaces several; the template's closing token is at the end rather than at 0.</summary>
    private static void AssertRanges(JsonArray expected, (int Id, int Start, int End)[] actual, int[] ids, string text, int slack)
    {
        Assert.Equal(ids, actual.Select(token => token.Id));
        for (int i = 0; i < actual.Length; i++)
        {
            int start = (int)expected[2 * i]!, end = (int)expected[(2 * i) + 1]!;
            if (start == end)
                Assert.Contains((actual[i].Start, actual[i].End), new[] { (0, 0), (text.Length, text.Length) });
            else
                Assert.True(actual[i].Start <= start && actual[i].End >= end && actual[i].End - actual[i].Start <= end - start + slack, $"'{text}' token {i}: {actual[i]}, not {start}..{end}");
        }
    }

    private static JsonObject Merge(JsonObject target, JsonObject parts)
    {
        JsonObject merged = target.DeepClone().AsObject();
        foreach ((string key, JsonNode? value) in parts)
            merged[key] = key == "model" ? Merge(merged["model"]!.AsObject(), value!.AsObject()) : value?.DeepClone();
        return merged;
    }
}
