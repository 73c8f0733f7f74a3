using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers.Files;

/// <summary>Folders without tokenizer.json.</summary>
public class VocabularyFilesTests
{
    private static readonly string[] Words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "sat", ",", "\u4E2D", "##t", "c"];

    [Fact]
    public void Vocabulary_and_merges_of_the_older_kind_give_the_same_ids()
    {
        string source = TestPaths.SharedData("tokenizers/gpt2");
        JsonNode model = JsonNode.Parse(File.ReadAllText(Path.Combine(source, "tokenizer.json")))!["model"]!;
        using TemporaryFolder folder = TestPaths.NewFolder(), saved = TestPaths.NewFolder();
        File.WriteAllText(folder.File("vocab.json"), model["vocab"]!.ToJsonString());
        File.WriteAllLines(folder.File("merges.txt"), ["#version: 0.2", .. model["merges"]!.AsArray().Select(merge => (string)merge!)]);
        File.Copy(Path.Combine(source, "tokenizer_config.json"), folder.File("tokenizer_config.json"));
        Tokenizer expected = Tokenizer.Load(source), older = Tokenizer.Load(folder.Path);
        older.Save(saved.Path);
        var random = new Random(81);
        foreach (Tokenizer actual in new[] { older, Tokenizer.Load(saved.Path) })
            for (int i = 0; i < 300; i++)
            {
                string text = RandomText.Next(random, 20);
                Assert.Equal(expected.Encode(text), actual.Encode(text));
                Assert.Equal(text, actual.Decode(actual.Encode(text)));
            }
        Assert.Equal(50256, older.EosId);
        Assert.True(older.IsSpecial(50256));
        Assert.Equal(File.ReadAllBytes(folder.File("merges.txt")), File.ReadAllBytes(saved.File("merges.txt")));
    }

    [Theory]
    [InlineData(null, "The Cats sat, caf\u4E2D", new[] { 2, 5, 6, 7, 8, 9, 1, 10, 3 })]
    [InlineData("""{"do_lower_case":false,"tokenizer_class":"BertTokenizer"}""", "The cats ct [MASK]", new[] { 2, 1, 6, 7, 12, 11, 4, 3 })]
    [InlineData("""{"tokenize_chinese_chars":false}""", "cat\u4E2D", new[] { 2, 1, 3 })]
    public void A_list_of_words_is_read_as_BERT_reads_it(string? config, string text, int[] expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllLines(folder.File("vocab.txt"), Words);
        if (config is not null)
            File.WriteAllText(folder.File("tokenizer_config.json"), config);
        Tokenizer tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal(expected, tokenizer.Encode(text));
        Assert.Equal("the cats, sat", tokenizer.Decode([2, 5, 6, 7, 9, 8, 3], skipSpecialTokens: true));
    }

    [Theory]
    [InlineData("tokenizer.model", "save_pretrained")]
    [InlineData("tekken.json", "save_pretrained")]
    [InlineData("other.txt", "no such file")]
    public void A_tokenizer_of_another_library_is_refused_with_the_way_to_convert_it(string name, string expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File(name), "");
        Assert.Contains(expected, Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_splits_otherwise_is_refused_by_name()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("vocab.json"), "{\"a\":0}");
        File.WriteAllText(folder.File("merges.txt"), "");
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"tokenizer_class":"CLIPTokenizer"}""");
        Assert.Contains("CLIPTokenizer", Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_vocabularies_are_named()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        foreach ((string vocab, string merges) in new[] { ("[]", ""), ("{\"a\":-1}", ""), ("{\"a\":0,\"a\":1}", ""), ("{\"a\":0}", "a b"), ("{\"a\":0}", "a"), ("{\"a\":0", "") })
        {
            File.WriteAllText(folder.File("vocab.json"), vocab);
            File.WriteAllText(folder.File("merges.txt"), merges);
            Assert.StartsWith(folder.Path, Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        }
        File.Delete(folder.File("vocab.json"));
        File.WriteAllBytes(folder.File("vocab.txt"), [0xFF, 0xFE]);
        Assert.Throws<TokenizerException>(() => Tokenizer.Load(folder.Path));
    }
}
