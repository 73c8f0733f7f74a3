using System.Text;
using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers.Files;

/// <summary>A damaged file is refused with one exception that names it, whatever is damaged.</summary>
public class DamagedFileTests
{
    [Fact]
    public void A_missing_file_is_named()
    {
        foreach (string path in new[] { "/no/such/folder", "no-such-file.json", "" })
            Assert.Contains("no such file", Assert.Throws<TokenizerException>(() => Tokenizer.Load(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("[]", "a JSON object is expected, this is an array")]
    [InlineData("{}", "model: the file has no model")]
    [InlineData("{\"model\":{\"type\":\"Magic\"}}", "model: model type 'Magic' is not known here; known: BPE, Unigram, WordPiece, WordLevel")]
    [InlineData("{\"model\":{\"vocab\":{},\"merges\":[]}}", "model.vocab: the vocabulary is empty")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}", "model.merges[0]: the merge of 'a' and 'b' names 'b', which is not in the vocabulary")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0,\"b\":1},\"merges\":[[\"a\",\"b\"]]}}", "model.merges[0]: the merge of 'a' and 'b' names 'ab'")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[\"a\"]}}", "model.merges[0]: a merge is two tokens")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":-1},\"merges\":[]}}", "model.vocab: a whole number from 0 to 16777215 is expected, this is -1")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":2000000000},\"merges\":[]}}", "this is 2000000000")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0,\"b\":0},\"merges\":[]}}", "model: id 0 is given to 'a' and to 'b'")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0,\"a\":1},\"merges\":[]}}", "model.vocab: 'a' occurs twice")]
    [InlineData("{\"model\":{\"vocab\":{\"\\ud800\":0},\"merges\":[]}}", "not well-formed Unicode")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[],\"unk_token\":\"u\"}}", "model.unk_token: 'u' is not in the vocabulary")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[],\"dropout\":0.1}}", "model.dropout: merges would be left out at random")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":{\"type\":\"Magic\"}}", "normalizer type 'Magic' is not known here; known: Sequence, NFC")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Magic\"}}", "pre_tokenizer type 'Magic' is not known here; known: Sequence, ByteLevel")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"post_processor\":{}}", "post_processor type '(missing)' is not known here; known: TemplateProcessing")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"decoder\":{\"type\":\"Magic\"}}", "decoder type 'Magic' is not known here; known: Sequence, ByteLevel")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a\"},\"behavior\":\"Isolated\"}}",
        "pre_tokenizer.pattern.Regex: the regular expression is not well formed")]
    [InlineData("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[a&&b]\"},\"behavior\":\"Isolated\"}}",
        "the pattern uses intersection of sets (&&) with other than a negated set, which is not supported")]
    public void The_message_says_where_and_what(string json, string expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("tokenizer.json"), json);
        var error = Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(folder.File("tokenizer.json"), error.Message, StringComparison.Ordinal);
        Assert.Equal(folder.File("tokenizer.json"), error.File);
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_refused()
    {
        byte[] json = Encoding.UTF8.GetBytes(TinyTokenizer.Json().ToJsonString());
        using TemporaryFolder folder = TestPaths.NewFolder();
        for (int length = 0; length < json.Length; length += 37)
        {
            File.WriteAllBytes(folder.File("tokenizer.json"), json[..length]);
            Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path));
        }
    }

    [Fact]
    public void A_file_with_damaged_bytes_is_refused_or_still_works()
    {
        var random = new Random(31);
        byte[] json = Encoding.UTF8.GetBytes(TinyTokenizer.Json().ToJsonString());
        using TemporaryFolder folder = TestPaths.NewFolder();
        int refused = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] damaged = [.. json];
            for (int n = random.Next(1, 4); n > 0; n--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(folder.File("tokenizer.json"), damaged);
            refused += IsRefused(folder.Path) ? 1 : 0;
        }
        Assert.InRange(refused, 500, 1000);
    }

    [Fact]
    public void Any_value_replaced_by_one_of_another_kind_is_refused_or_still_works()
    {
        JsonObject json = TinyTokenizer.Json();
        json["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"String":"a"},"content":"b"},{"type":"Prepend","prepend":"x"}]}""");
        json["post_processor"] = JsonNode.Parse(
            """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"s"}},{"Sequence":{"id":"A"}}],"special_tokens":{"s":{"ids":[0]}}}""");
        json["decoder"] = JsonNode.Parse("""{"type":"Sequence","decoders":[{"type":"Strip","content":" ","start":1,"stop":0},{"type":"Metaspace","replacement":"_","prepend_scheme":"first"}]}""");
        json["model"]!["vocab"] = JsonNode.Parse("""{"a":2,"b":3,"ab":4}""");
        json["model"]!["merges"] = JsonNode.Parse("""[["a","b"]]""");
        string[] kinds = ["null", "true", "-1", "1e300", "0.5", "\"x\"", "\"\"", "[]", "[null]", "{}", "{\"type\":\"Sequence\"}", "{\"type\":5}"];
        using TemporaryFolder folder = TestPaths.NewFolder();
        int paths = 0, refused = 0;
        foreach (string path in Paths(json, "$"))
        {
            paths++;
            foreach (string kind in kinds)
            {
                JsonObject changed = json.DeepClone().AsObject();
                Find(changed, path).ReplaceWith(JsonNode.Parse(kind));
                File.WriteAllText(folder.File("tokenizer.json"), changed.ToJsonString());
                refused += IsRefused(folder.Path) ? 1 : 0;
            }
        }
        Assert.True(paths > 40);
        Assert.True(refused > paths * 4);
    }

    [Fact]
    public void Damaged_configuration_beside_it_is_named()
    {
        string json = TinyTokenizer.Json().ToJsonString();
        foreach (string config in new[] { "{", "[]", "{\"eos_token\":5}", "{\"added_tokens_decoder\":{\"x\":{}}}", "{\"added_tokens_decoder\":{\"7\":5}}", "{\"clean_up_tokenization_spaces\":\"no\"}" })
            Assert.Contains("tokenizer_config.json", Assert.Throws<TokenizerException>(() => TinyTokenizer.Load(json, config)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        foreach (string deep in new[] { new string('[', 1_000_000), string.Concat(Enumerable.Repeat("{\"model\":", 200_000)) })
            Assert.Contains("not valid JSON", Assert.Throws<TokenizerException>(() => TinyTokenizer.Load(deep)).Message, StringComparison.Ordinal);
        string nested = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 5000)) + string.Concat(Enumerable.Repeat("]}", 5000));
        Assert.Throws<TokenizerException>(() => TinyTokenizer.Load($"{{\"model\":{{\"vocab\":{{\"a\":0}},\"merges\":[]}},\"normalizer\":{nested}}}"));
    }

    /// <summary>Whether loading, or else using, the tokenizer ends in the documented exception; any other exception fails the test.</summary>
    private static bool IsRefused(string folder)
    {
        try
        {
            Tokenizer tokenizer = Tokenizer.Load(folder);
            tokenizer.Decode(tokenizer.Encode("the cat <|endoftext|> 12 \U0001F600"));
            return false;
        }
        catch (TokenizerException error)
        {
            Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
            return true;
        }
    }

    /// <summary>The paths of all values but those inside vocabularies.</summary>
    private static IEnumerable<string> Paths(JsonNode? node, string path)
    {
        if (path != "$")
            yield return path;
        IEnumerable<(string Key, JsonNode? Value)> children = node switch
        {
            JsonObject members => members.Select(member => (member.Key, member.Value)),
            JsonArray items => items.Select((item, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), item)),
            _ => [],
        };
        foreach ((string key, JsonNode? value) in children)
            if (value is not null)
                foreach (string inner in Paths(value, $"{path}/{key}"))
                    yield return inner;
    }

    private static JsonNode Find(JsonNode root, string path)
    {
        JsonNode node = root;
        foreach (string key in path.Split('/').Skip(1))
            node = node is JsonArray items ? items[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)]! : node[key]!;
        return node;
    }
}
