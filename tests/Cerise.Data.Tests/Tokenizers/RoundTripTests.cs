using System.Text;
using Cerise.Data.Tokenizers.Unicode;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

public class RoundTripTests
{
    [Fact]
    public void Byte_level_decoding_gives_back_any_text()
    {
        var random = new Random(11);
        Tokenizer[] tokenizers = [Tokenizer.Load(TestPaths.SharedData("tokenizers/gpt2")), TinyTokenizer.Trained];
        for (int i = 0; i < 3000; i++)
        {
            string text = RandomText.Next(random, 60);
            foreach (Tokenizer tokenizer in tokenizers)
                Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void Qwen_decoding_gives_back_the_composed_text()
    {
        var random = new Random(12);
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5"));
        for (int i = 0; i < 2000; i++)
        {
            string text = RandomText.Next(random, 60);
            Assert.Equal(UnicodeForm.C.Normalize(text.Replace("<|endoftext|>", "")), UnicodeForm.C.Normalize(tokenizer.Decode(tokenizer.Encode(text), skipSpecialTokens: true)));
            if (!text.Contains("<|endoftext|>", StringComparison.Ordinal))
                Assert.Equal(UnicodeForm.C.Normalize(text), tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void Unpaired_surrogates_are_read_as_replacement_characters()
    {
        var random = new Random(13);
        Tokenizer[] tokenizers =
        [
            Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5")), Tokenizer.Load(TestPaths.SharedData("models/stories260K")), TinyTokenizer.Trained,
        ];
        for (int i = 0; i < 500; i++)
        {
            string text = RandomText.NextIllFormed(random, 20);
            string repaired = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            foreach (Tokenizer tokenizer in tokenizers)
                Assert.Equal(tokenizer.Encode(repaired), tokenizer.Encode(text));
            Assert.Equal(repaired, TinyTokenizer.Trained.Decode(TinyTokenizer.Trained.Encode(text)));
        }
    }

    [Fact]
    public void Any_ids_decode_and_unknown_ids_are_passed_over()
    {
        var random = new Random(14);
        Tokenizer tokenizer = TinyTokenizer.Trained;
        for (int i = 0; i < 500; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(-5, tokenizer.VocabSize + 50))];
            Assert.Equal(tokenizer.Decode([.. ids.Where(id => id >= 0 && id < tokenizer.VocabSize)]), tokenizer.Decode(ids));
        }
        Assert.Null(tokenizer.IdToToken(-1));
        Assert.Null(tokenizer.IdToToken(int.MaxValue));
    }

    [Fact]
    public void Many_threads_get_the_ids_that_one_gets()
    {
        var random = new Random(15);
        string[] texts = [.. Enumerable.Range(0, 400).Select(_ => RandomText.Next(random, 40))];
        Tokenizer alone = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString()), shared = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString());
        int[][] expected = [.. texts.Select(text => alone.Encode(text))];
        Parallel.For(0, 8 * texts.Length, i => Assert.Equal(expected[i % texts.Length], shared.Encode(texts[i % texts.Length])));
    }

    [Fact]
    public void Rendered_chats_give_their_published_ids()
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5"));
        int count = 0;
        foreach (string line in File.ReadLines(TestPaths.SharedData("chat_templates/rendered_token_ids.jsonl")))
        {
            using var row = System.Text.Json.JsonDocument.Parse(line);
            int[] ids = [.. row.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            Assert.Equal(ids, tokenizer.Encode(row.RootElement.GetProperty("text").GetString()!, addSpecialTokens: false));
            count++;
        }
        Assert.True(count >= 25);
    }
}
