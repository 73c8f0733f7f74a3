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
        bool decodesAlike = (string)entry["base"]! == "pieces" || file["normalizer"] is null;
        for (int i = 0; i < Golden["texts"]!.AsArray().Count; i++)
        {
            string text = (string)Golden["texts"]![i]!;
            int[] ids = [.. entry["ids"]![i]!.AsArray().Select(id => (int)id!)];
            Assert.Equal(ids, tokenizer.Encode(text));
            if (decodesAlike)
                Assert.Equal((string)entry["decoded"]![i]!, tokenizer.Decode(ids));
            TextStream stream = tokenizer.OpenTextStream();
            Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(stream.Append)) + stream.Flush());
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
