using System.Text;
using System.Text.Json.Nodes;
using Cerise.Data.Tests.Tokenizers;
using Cerise.Data.Tokenizers.Files;
using Cerise.Testing;

namespace Cerise.Data.Tests.Hostile;

/// <summary>Damaged files of tokenizers of every kind.</summary>
public sealed class TokenizerMutationTests
{
    private const string Probe = "the cat <s> hello\u00E9\n 12 \U0001F600 ab";

    private const string Config = """
        {"add_bos_token":true,"add_eos_token":false,"bos_token":{"content":"<s>","lstrip":false,"special":true},"eos_token":"<|endoftext|>","pad_token":null,"unk_token":"?","add_prefix_space":true,
         "additional_special_tokens":["<a>","<b>"],"added_tokens_decoder":{"300":{"content":"<a>","lstrip":false,"normalized":false,"rstrip":true,"single_word":false,"special":true}},
         "clean_up_tokenization_spaces":false,"model_max_length":1000,"tokenizer_class":"GPT2Tokenizer","legacy":false,"chat_template":"{{ messages }}","extra_special_tokens":{"x":"<x>"}}
        """;

    private static readonly Mutator Words = new(
        "\"type\":", "\"model\":", "\"vocab\":", "\"merges\":", "\"BPE\"", "\"Unigram\"", "\"WordPiece\"", "\"Regex\":", "(?i:", "\\\\p{L}+", "(a+)+", "[^", "*", "{1,99999}", "(?<=", "\\\\1", "\"id\":", "\u2581", " ", "##");

    [Fact]
    public void Tokenizer_json() => Mutations("tokenizer.json").Run([.. ReferenceFiles.Examples().Select(Encoding.UTF8.GetBytes)], 6000, bytes => Use(new SavedFiles(bytes, null, "hostile")));

    [Fact]
    public void Tokenizer_config_json()
    {
        byte[] tokenizer = Encoding.UTF8.GetBytes(TinyTokenizer.Json().ToJsonString());
        Mutations("tokenizer_config.json").Run([Encoding.UTF8.GetBytes(Config)], 2000, bytes => Use(new SavedFiles(tokenizer, bytes, "hostile")));
    }

    [Theory]
    [InlineData("special_tokens_map.json", """{"bos_token":{"content":"<s>","lstrip":false},"eos_token":"<|endoftext|>","additional_special_tokens":["<a>",{"content":"<b>"}]}""")]
    [InlineData("added_tokens.json", """{"<a>":300,"<|endoftext|>":0,"the":260,"<b>":301}""")]
    public void Files_beside_it(string name, string content)
    {
        byte[] tokenizer = Encoding.UTF8.GetBytes(TinyTokenizer.Json().ToJsonString());
        Mutations(name).Run([Encoding.UTF8.GetBytes(content)], 2000, bytes => Use(new SavedFiles(tokenizer, null, "hostile") { Companions = [(name, bytes)] }));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("vocab.txt")]
    public void Older_vocabulary_files(string name)
    {
        JsonObject model = TinyTokenizer.Json()["model"]!.AsObject();
        var files = new Dictionary<string, byte[]>();
        if (name == "vocab.txt")
            files["vocab.txt"] = Encoding.UTF8.GetBytes("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\na\nb\n12\n##2\n");
        else
        {
            files["vocab.json"] = Encoding.UTF8.GetBytes(model["vocab"]!.ToJsonString());
            files["merges.txt"] = Encoding.UTF8.GetBytes("#version: 0.2\n" + string.Join('\n', model["merges"]!.AsArray().Select(pair => pair is JsonArray two ? $"{two[0]} {two[1]}" : (string)pair!)) + "\n");
        }
        Mutations(name).Run([files[name]], 2000, bytes =>
        {
            var saved = new SavedFiles([], null, "hostile") { Companions = [.. files.Select(file => (file.Key, file.Key == name ? bytes : file.Value))] };
            Use(saved with { Tokenizer = VocabularyFiles.ToTokenizerFile(saved) });
        });
    }

    /// <summary>Ids are indexes of tables; one id may ask for a table of a million, but not for a table in every part.</summary>
    [Fact]
    public void A_vocabulary_with_a_gap_of_a_million_ids_takes_few_tables()
    {
        JsonObject file = TinyTokenizer.Json();
        file["model"]!["vocab"]!["\u0100\u0100"] = (1 << 20) - 1;
        byte[] bytes = Encoding.UTF8.GetBytes(file.ToJsonString());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Use(new SavedFiles(bytes, null, "hostile"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 8 << 20, 24 << 20);
    }

    private static Mutations Mutations(string format) => new(format, typeof(TokenizerException)) { Mutator = Words };

    private static void Use(SavedFiles files)
    {
        var tokenizer = Tokenizer.FromFiles(files);
        (int Id, int Start, int End)[] tokens = tokenizer.EncodeWithOffsets(Probe);
        Assert.All(tokens, token => Assert.True(token.Start >= 0 && token.Start <= token.End && token.End <= Probe.Length));
        TextStream stream = tokenizer.OpenTextStream();
        string text = string.Concat(tokens.Select(token => stream.Append(token.Id))) + stream.Flush();
        Assert.True(text.Length <= 10_000 + (10_000 * tokens.Length));
        tokenizer.Decode([.. tokens.Select(token => token.Id)], skipSpecialTokens: true);
        foreach ((int id, _, _) in tokens)
            _ = tokenizer.TokenBytes(id).Length;
    }
}
