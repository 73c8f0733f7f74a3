using System.Text;
using System.Text.Json;
using Cerise.Data.Tokenizers.Bpe;
using Cerise.Data.Tokenizers.PreTokenizers;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers.Training;

public class BpeTrainerTests
{
    [Theory]
    [InlineData(BpePreTokenizer.Gpt2)]
    [InlineData(BpePreTokenizer.Qwen2)]
    public void Merges_are_those_of_the_definition(BpePreTokenizer preTokenizer)
    {
        var random = new Random(71);
        for (int round = 0; round < 40; round++)
        {
            string[] documents = [.. Enumerable.Range(0, 8).Select(_ => RandomWords(random))];
            var options = new BpeTrainerOptions { VocabSize = 257 + random.Next(80), MinFrequency = random.Next(1, 4), PreTokenizer = preTokenizer };
            Assert.Equal(MergesByDefinition(documents, options), Merges(BpeTrainer.Train(documents, options)));
        }
    }

    [Fact]
    public void The_same_text_gives_the_same_files_whatever_the_order_of_documents()
    {
        var random = new Random(72);
        string[] documents = [.. Enumerable.Range(0, 30).Select(_ => RandomText.Next(random, 200))];
        var options = new BpeTrainerOptions { VocabSize = 400 };
        byte[] first = Saved(BpeTrainer.Train(documents, options)), again = Saved(BpeTrainer.Train(documents.Reverse(), options));
        Assert.Equal(first, again);
    }

    [Fact]
    public void A_saved_tokenizer_loads_with_the_same_ids()
    {
        var options = new BpeTrainerOptions
        {
            VocabSize = 350,
            SpecialTokens = ["<pad>", "<s>", "</s>"],
            BosToken = "<s>",
            EosToken = "</s>",
            PadToken = "<pad>",
        };
        Tokenizer trained = BpeTrainer.Train(["the cat sat on the mat; the cats sat on the mats"], options);
        using TemporaryFolder folder = TestPaths.NewFolder();
        trained.Save(folder.Path);
        Tokenizer loaded = Tokenizer.Load(folder.Path);
        Assert.Equal((1, 2, 0), (loaded.BosId, loaded.EosId, loaded.PadId));
        Assert.Equal((trained.VocabSize, trained.BosId, trained.EosId, trained.PadId), (loaded.VocabSize, loaded.BosId, loaded.EosId, loaded.PadId));
        Assert.All(Enumerable.Range(0, trained.VocabSize), id => Assert.Equal(trained.IdToToken(id), loaded.IdToToken(id)));
        var random = new Random(73);
        for (int i = 0; i < 300; i++)
        {
            string text = RandomText.Next(random, 30) + " the cats</s>";
            Assert.Equal(trained.Encode(text), loaded.Encode(text));
            Assert.Equal(text, loaded.Decode(loaded.Encode(text)));
        }
        Assert.Equal(Saved(trained), Saved(loaded));
    }

    [Fact]
    public void Ids_begin_with_the_special_tokens_and_the_256_bytes()
    {
        Tokenizer tokenizer = BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 1000, SpecialTokens = ["<a>", "<b>"], EosToken = null });
        Assert.Equal(258, tokenizer.VocabSize);
        Assert.Equal(["<a>", "<b>", "!", "\""], Enumerable.Range(0, 4).Select(tokenizer.IdToToken));
        Assert.Equal("\u0143", tokenizer.IdToToken(257));
        Assert.True(tokenizer.IsSpecial(1));
        Assert.False(tokenizer.IsSpecial(2));
        Assert.Null(tokenizer.EosId);
        Assert.Equal([0, 1], tokenizer.Encode("<a><b>"));
    }

    [Fact]
    public void Numbers_are_single_digits_with_the_qwen_pattern_and_whole_with_gpt2s()
    {
        string[] documents = [string.Concat(Enumerable.Repeat("2024 ", 50))];
        Assert.Equal(4, BpeTrainer.Train(documents, new BpeTrainerOptions { VocabSize = 270 }).Encode("2024").Length);
        Assert.Single(BpeTrainer.Train(documents, new BpeTrainerOptions { VocabSize = 270, PreTokenizer = BpePreTokenizer.Gpt2 }).Encode("2024"));
    }

    [Fact]
    public void Special_tokens_in_the_text_are_not_learned_from()
    {
        string[] with = ["<|endoftext|>ab<|endoftext|>ab<|endoftext|>ab"], without = ["ab", "ab", "ab"];
        Assert.Equal(Saved(BpeTrainer.Train(without, new BpeTrainerOptions())), Saved(BpeTrainer.Train(with, new BpeTrainerOptions())));
    }

    [Fact]
    public void A_merge_never_takes_the_name_of_a_special_token()
    {
        string spaceT = $"{ByteLevelAlphabet.CharOf((byte)' ')}t";
        Tokenizer tokenizer = BpeTrainer.Train(["a t t t t t"], new BpeTrainerOptions { SpecialTokens = [spaceT], EosToken = null });
        Assert.DoesNotContain(0, tokenizer.Encode("a t t"));
        Assert.Equal([0], tokenizer.Encode(spaceT));
        Assert.Equal(spaceT, tokenizer.Decode([0]));
    }

    [Fact]
    public void Rare_pairs_are_left_alone()
    {
        Assert.Equal(257, BpeTrainer.Train(["abcdef"], new BpeTrainerOptions()).VocabSize);
        Assert.Equal(262, BpeTrainer.Train(["abcdef"], new BpeTrainerOptions { MinFrequency = 1 }).VocabSize);
    }

    [Fact]
    public void A_million_letters_without_a_break_are_learned_from()
    {
        Tokenizer tokenizer = BpeTrainer.Train([new string('a', 1_000_000)], new BpeTrainerOptions { VocabSize = 270 });
        Assert.Equal("aaaaaaaa", tokenizer.IdToToken(259));
        Assert.Equal(200, tokenizer.Decode(tokenizer.Encode(new string('a', 200))).Length);
    }

    [Fact]
    public void Every_faulty_setting_is_named_at_once()
    {
        var options = new BpeTrainerOptions
        {
            VocabSize = 100,
            MinFrequency = 0,
            SpecialTokens = ["<a>", "<a>", "", "x", "<\uD800>"],
            PreTokenizer = (BpePreTokenizer)9,
            BosToken = "<s>",
            PadToken = "<a>",
        };
        var error = Assert.Throws<TokenizerException>(() => BpeTrainer.Train([], options));
        Assert.Equal("the tokenizer cannot be trained: VocabSize is 100; 261 or more are needed for the 256 bytes and 5 special tokens; MinFrequency is 0; it must be 1 or more; " +
            "PreTokenizer 9 is not known; known: Gpt2, Qwen2; the special token '<a>' is listed twice; " +
            "the special token '' is empty or a single byte; give it a longer name, such as <||>; the special token 'x' is empty or a single byte; give it a longer name, such as <|x|>; " +
            "the special token '<\uD800>' holds half a surrogate pair; BosToken '<s>' is not among the special tokens (<a>, <a>, , x, <\uD800>); add it there or set BosToken to null; " +
            "EosToken '<|endoftext|>' is not among the special tokens (<a>, <a>, , x, <\uD800>); add it there or set EosToken to null", error.Message);
    }

    [Fact]
    public void Defaults_are_those_documented()
    {
        var options = new BpeTrainerOptions();
        options.Validate();
        Assert.Equal((8192, 2L, BpePreTokenizer.Qwen2, null, "<|endoftext|>", null),
            (options.VocabSize, options.MinFrequency, options.PreTokenizer, options.BosToken, options.EosToken, options.PadToken));
        Assert.Equal(["<|endoftext|>"], options.SpecialTokens);
    }

    [Fact]
    public void Real_prose_is_learned_and_given_back()
    {
        string text = File.ReadAllText(TestPaths.SharedData("corpus/tinyshakespeare.txt"));
        Tokenizer tokenizer = BpeTrainer.Train([text], new BpeTrainerOptions { VocabSize = 4096 });
        Assert.Equal(4096, tokenizer.VocabSize);
        int[] ids = tokenizer.Encode(text);
        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.InRange((double)text.Length / ids.Length, 3.0, 4.5);
    }

    private static string RandomWords(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(12)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => "aab\u00E91"[random.Next(5)]))));

    private static byte[] Saved(Tokenizer tokenizer)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        tokenizer.Save(folder.Path);
        return [.. File.ReadAllBytes(folder.File("tokenizer.json")), .. File.ReadAllBytes(folder.File("tokenizer_config.json"))];
    }

    private static List<string> Merges(Tokenizer tokenizer)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        tokenizer.Save(folder.Path);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(folder.File("tokenizer.json")));
        return [.. json.RootElement.GetProperty("model").GetProperty("merges").EnumerateArray().Select(merge => merge.GetString()!)];
    }

    /// <summary>Counts every pair anew for every merge; of the most frequent pairs the one with the lowest ids is merged everywhere, left to right.</summary>
    private static List<string> MergesByDefinition(string[] documents, BpeTrainerOptions options)
    {
        PieceScanner scanner = PieceScanner.For(options.PreTokenizer == BpePreTokenizer.Gpt2 ? Gpt2Scanner.Pattern : Qwen2Scanner.Pattern)!;
        List<string> tokens = [.. options.SpecialTokens, .. Enumerable.Range(0, 256).Select(b => ByteLevelAlphabet.CharOf((byte)b)).Order().Select(c => c.ToString())];
        List<List<int>> pieces = [];
        foreach (string document in documents)
            for (int start = 0, end; start < document.Length; start = end)
            {
                end = scanner.NextEnd(document, start);
                pieces.Add([.. Encoding.UTF8.GetBytes(document[start..end]).Select(b => tokens.IndexOf(ByteLevelAlphabet.CharOf(b).ToString()))]);
            }
        List<string> merges = [];
        while (tokens.Count < options.VocabSize)
        {
            var counts = new Dictionary<(int Left, int Right), int>();
            foreach (List<int> piece in pieces)
                for (int i = 0; i + 1 < piece.Count; i++)
                    counts[(piece[i], piece[i + 1])] = counts.GetValueOrDefault((piece[i], piece[i + 1])) + 1;
            if (counts.Count == 0 || counts.Values.Max() < options.MinFrequency)
                break;
            (int left, int right) = counts.Where(entry => entry.Value == counts.Values.Max()).Select(entry => entry.Key).Min();
            merges.Add($"{tokens[left]} {tokens[right]}");
            if (!tokens.Contains(tokens[left] + tokens[right]))
                tokens.Add(tokens[left] + tokens[right]);
            int id = tokens.IndexOf(tokens[left] + tokens[right]);
            foreach (List<int> piece in pieces)
                for (int i = 0; i + 1 < piece.Count; i++)
                    if (piece[i] == left && piece[i + 1] == right)
                    {
                        piece[i] = id;
                        piece.RemoveAt(i + 1);
                    }
        }
        return merges;
    }
}
