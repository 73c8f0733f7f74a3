using System.Globalization;
using System.Text;
using Cerise.Data.Tests.Hostile;

namespace Cerise.Data.Tests.Tokenizers.Files;

/// <summary>Files made to hurt: whatever they hold, loading and using them ends soon, in bounded memory, and at worst in the documented exception.</summary>
public class HostileFileTests
{
    private const string Probe = "the cat <s> hello\u00E9\n 12 \U0001F600 ab";

    [Fact]
    public void Damaged_examples_of_every_part_raise_only_the_documented_exception()
    {
        var random = new Random(91);
        string[] examples = [.. ReferenceFiles.Examples()];
        string[] tokens = ["null", "true", "-1", "1e308", "2147483648", "\"\"", "[]", "{}", "[[", "}", ",", "\"\\ud800\"", "\"type\"", "0.5", "\"\u2581\"", "(", "*", "\\\\"];
        int refused = 0;
        for (int i = 0; i < 3000; i++)
        {
            byte[] json = Encoding.UTF8.GetBytes(examples[i % examples.Length]);
            // The settings stand at the end and between the vocabularies: damage is aimed at them half of the time.
            int at = random.Next(2) == 0 ? random.Next(json.Length) : Math.Max(0, json.AsSpan().IndexOf("\"normalizer\""u8) + random.Next(400)) % json.Length;
            byte[] damage = Encoding.UTF8.GetBytes(tokens[random.Next(tokens.Length)]);
            int cut = Math.Min(random.Next(4), json.Length - at);
            refused += IsRefused(random.Next(4) switch
            {
                0 => [.. json[..at], .. damage, .. json[(at + cut)..]],
                1 => [.. json[..at], .. json[(at + cut)..]],
                2 => [.. json[..at], (byte)random.Next(256), .. json[Math.Min(at + 1, json.Length)..]],
                _ => Swap(json, at, random.Next(json.Length)),
            }) ? 1 : 0;
        }
        Assert.InRange(refused, 1000, 2999);
    }

    [Fact]
    public void Any_table_of_replacements_is_refused_or_works()
    {
        var random = new Random(92);
        foreach (int size in new[] { 0, 1, 4, 8, 12, 1024 })
            for (int i = 0; i < 200; i++)
            {
                byte[] table = new byte[size];
                random.NextBytes(table);
                if (size >= 8 && i % 2 == 0)
                    BitConverter.TryWriteBytes(table, (size - 4) / 4 * 4);          // a size that fits, so that the units are walked
                IsRefused(Encoding.UTF8.GetBytes(Model($$"""{"type":"Precompiled","precompiled_charsmap":"{{Convert.ToBase64String(table)}}"}""")));
            }
        foreach (string bad in new[] { "\"###\"", "\"AAAA\"", "\"/////w==\"", "[1,2,256]", "5" })
            Assert.True(IsRefused(Encoding.UTF8.GetBytes(Model($$"""{"type":"Precompiled","precompiled_charsmap":{{bad}}}"""))));
    }

    [Theory]
    [InlineData("""{"vocab":{"a":0,"b":16777215},"merges":[]}""", "is too high for a vocabulary of 2 tokens")]
    [InlineData("""{"vocab":{"a":0,"b":2147483648},"merges":[]}""", "a whole number from 0 to")]
    [InlineData("""{"type":"Unigram","vocab":[["a",1e999]]}""", "a number is expected")]
    [InlineData("""{"type":"Unigram","vocab":[["a",1]],"unk_id":1}""", "a whole number from 0 to 0")]
    [InlineData("""{"type":"Unigram","vocab":[]}""", "the vocabulary is empty")]
    [InlineData("""{"type":"WordPiece","vocab":{"a":0},"max_input_chars_per_word":-1}""", "a whole number from 0")]
    [InlineData("""{"type":"WordLevel","vocab":{"a":0},"magic":true}""", "the setting 'magic' is not known here")]
    public void A_model_that_cannot_be_is_refused(string model, string expected) =>
        Assert.Contains(expected, Assert.Throws<TokenizerException>(() => TinyTokenizer.Load("{\"model\":" + model + "}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"Unigram","vocab":[["a",1]]}""", "no unk_id")]
    [InlineData("""{"type":"WordPiece","vocab":{"a":0}}""", "lacks the unk_token '[UNK]'")]
    [InlineData("""{"type":"WordLevel","vocab":{"a":0},"unk_token":"?"}""", "lacks the unk_token '?'")]
    public void What_a_model_without_an_unknown_token_cannot_spell_is_an_error(string model, string expected)
    {
        Tokenizer tokenizer = TinyTokenizer.Load("{\"model\":" + model + "}");
        Assert.Equal([0], tokenizer.Encode("a"));
        Assert.Contains(expected, Assert.Throws<TokenizerException>(() => tokenizer.Encode("b")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("normalizer", """{"type":"Lowercase","locale":"tr"}""", "normalizer: the setting 'locale' is not known here")]
    [InlineData("pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"String":"a"},"behavior":"Isolated","limit":3}]}""", "pre_tokenizer.pretokenizers[0]: the setting 'limit'")]
    [InlineData("decoder", """{"type":"Fuse","with":"-"}""", "decoder: the setting 'with'")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}}],"special_tokens":{},"triple":[1]}""", "post_processor: the setting 'triple'")]
    [InlineData("magic", "{}", "the setting 'magic' is not known here")]
    public void A_setting_that_nobody_reads_is_refused_by_name(string part, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<TokenizerException>(() => TinyTokenizer.Load("{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"" + part + "\":" + value + "}")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("pre_tokenizer", "pretokenizers", """{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}""")]
    [InlineData("normalizer", "normalizers", """{"type":"Replace","pattern":{"String":"a"},"content":"aaa"}""")]
    [InlineData("decoder", "decoders", """{"type":"Replace","pattern":{"String":"a"},"content":"aaa"}""")]
    public void Steps_that_each_lengthen_a_text_end_before_it_fills_the_memory(string part, string list, string step)
    {
        string steps = string.Join(',', Enumerable.Repeat(step, 100));
        Tokenizer tokenizer = TinyTokenizer.Load("{\"model\":{\"type\":\"WordLevel\",\"vocab\":{\"a\":0,\"?\":1},\"unk_token\":\"?\"},\"" + part + "\":{\"type\":\"Sequence\",\"" + list + "\":[" + steps + "]}}");
        Assert.Contains("100 times as long", Assert.Throws<TokenizerException>(() => tokenizer.Decode(tokenizer.Encode("a\u00E9") is [] ? [] : [0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replacement_longer_than_any_real_one_is_refused() => Assert.Contains(
        "a replacement of 1001 characters", Assert.Throws<TokenizerException>(() => TinyTokenizer.Load(
            "{\"model\":{\"vocab\":{\"a\":0},\"merges\":[]},\"normalizer\":{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"" + new string('b', 1001) + "\"}}")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_vocabulary_of_a_million_scraps_loads_in_bounded_memory()
    {
        var json = new StringBuilder("""{"added_tokens":[""");
        for (int i = 0; i < 100_000; i++)
            json.Append(CultureInfo.InvariantCulture, $$"""{{(i == 0 ? "" : ",")}}{"id":{{i}},"content":"\u00a7{{i:x}}"}""");
        json.Append("""],"model":{"type":"WordLevel","vocab":{"?":1000000},"unk_token":"?"}}""");
        Tokenizer tokenizer = TinyTokenizer.Load(json.ToString());
        Assert.Equal([0x1234, 1000000, 1], tokenizer.Encode("\u00a71234 ?\u00a71"));
    }

    private static byte[] Swap(byte[] json, int first, int second)
    {
        byte[] result = [.. json];
        (result[first], result[second]) = (result[second], result[first]);
        return result;
    }

    private static string Model(string normalizer) =>
        "{\"normalizer\":" + normalizer + ""","model":{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-1]]}}""";

    /// <summary>Whether loading or using the file ends in the documented exception; any other fails the test.</summary>
    private static bool IsRefused(byte[] json)
    {
        try
        {
            var tokenizer = Tokenizer.FromFiles(new Cerise.Data.Tokenizers.Files.SavedFiles(json, null, "hostile"));
            (int Id, int Start, int End)[] tokens = tokenizer.EncodeWithOffsets(Probe);
            Assert.All(tokens, token => Assert.True(token.Start >= 0 && token.Start <= token.End && token.End <= Probe.Length));
            TextStream stream = tokenizer.OpenTextStream();
            string text = string.Concat(tokens.Select(token => stream.Append(token.Id))) + stream.Flush();
            Assert.True(text.Length <= 1000 + (100 * tokens.Length));
            return false;
        }
        catch (TokenizerException error)
        {
            Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
            return true;
        }
    }
}
