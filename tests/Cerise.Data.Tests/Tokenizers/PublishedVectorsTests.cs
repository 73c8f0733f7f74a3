using System.Text.Json;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

/// <summary>Ids and texts published with, or made by, the tokenizers' own implementations.</summary>
public class PublishedVectorsTests
{
    [Theory]
    [InlineData("tokenizers/gpt2", "vectors_llama_cpp.jsonl", 47)]
    [InlineData("tokenizers/gpt2", "vectors_long_ml_net.jsonl", 1)]
    [InlineData("tokenizers/gpt2", "vectors_reference.jsonl", 266)]
    [InlineData("tokenizers/gpt2", "vectors_swift_transformers.jsonl", 18)]
    [InlineData("tokenizers/qwen2.5", "vectors_llama_cpp.jsonl", 47)]
    [InlineData("tokenizers/qwen2.5", "vectors_reference.jsonl", 266)]
    [InlineData("models/stories260K", "tokenizer_vectors.jsonl", 10)]
    public void Every_published_vector_is_reproduced(string folder, string file, int atLeast)
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData(folder));
        string[] lines = File.ReadAllLines(TestPaths.SharedData($"{folder}/{file}"));
        Assert.True(lines.Length >= atLeast);
        foreach (string line in lines)
        {
            using JsonDocument vector = JsonDocument.Parse(line);
            JsonElement root = vector.RootElement;
            string text = root.GetProperty("text").GetString()!;
            int[] ids = Ids(root, "ids")!;
            Assert.Equal(ids, tokenizer.Encode(text, addSpecialTokens: false));
            if (Ids(root, "ids_with_special") is { } withSpecial)
            {
                Assert.Equal(withSpecial, tokenizer.Encode(text));
                AssertText(root, "decoded_skip_special", tokenizer.Decode(withSpecial, skipSpecialTokens: true));
            }
            else
                Assert.Equal(ids, tokenizer.Encode(text));
            AssertText(root, "decoded", tokenizer.Decode(ids));
            AssertText(root, "decoded_skip_special", tokenizer.Decode(ids, skipSpecialTokens: true));
            AssertText(root, "decoded_after_cleanup", Tokenizer.CleanUpSpaces(tokenizer.Decode(ids)));
        }
    }

    [Theory]
    [InlineData("tokenizers/gpt2", "vectors_reference.jsonl")]
    [InlineData("tokenizers/qwen2.5", "vectors_reference.jsonl")]
    [InlineData("models/stories260K", "tokenizer_vectors.jsonl")]
    public void Streamed_text_adds_up_to_the_decoded_text(string folder, string file)
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData(folder));
        foreach (string line in File.ReadAllLines(TestPaths.SharedData($"{folder}/{file}")))
        {
            using JsonDocument vector = JsonDocument.Parse(line);
            int[] ids = Ids(vector.RootElement, "ids")!;
            foreach (bool skipSpecial in new[] { false, true })
            {
                TextStream stream = tokenizer.OpenTextStream(skipSpecial);
                string streamed = string.Concat(ids.Select(stream.Append)) + stream.Flush();
                Assert.Equal(tokenizer.Decode(ids, skipSpecial), streamed);
            }
        }
    }

    private static int[]? Ids(JsonElement vector, string name) =>
        vector.TryGetProperty(name, out JsonElement ids) ? [.. ids.EnumerateArray().Select(id => id.GetInt32())] : null;

    private static void AssertText(JsonElement vector, string name, string actual)
    {
        if (vector.TryGetProperty(name, out JsonElement expected))
            Assert.Equal(expected.GetString(), actual);
    }
}
