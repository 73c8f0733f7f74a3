using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

public class TextStreamTests
{
    [Fact]
    public void A_character_spread_over_byte_tokens_comes_whole()
    {
        int[] ids = TinyTokenizer.Trained.Encode("\U00013000");                    // not in the training text: four byte tokens
        Assert.Equal(4, ids.Length);
        TextStream stream = TinyTokenizer.Trained.OpenTextStream();
        Assert.Equal(["", "", "", "\U00013000"], ids.Select(stream.Append));
        Assert.Equal("", stream.Flush());
    }

    [Fact]
    public void Random_byte_tokens_stream_to_what_they_decode_to()
    {
        var random = new Random(21);
        for (int i = 0; i < 2000; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(12)).Select(_ => random.Next(TinyTokenizer.Trained.VocabSize + 5))];
            foreach (bool skipSpecial in new[] { false, true })
            {
                TextStream stream = TinyTokenizer.Trained.OpenTextStream(skipSpecial);
                List<string> parts = [.. ids.Select(stream.Append), stream.Flush()];
                Assert.Equal(TinyTokenizer.Trained.Decode(ids, skipSpecial), string.Concat(parts));
                Assert.All(parts, part => Assert.False(part.Length > 0 && (char.IsLowSurrogate(part[0]) || char.IsHighSurrogate(part[^1]))));
            }
        }
    }

    [Fact]
    public void An_unfinished_character_is_flushed_as_a_replacement_and_the_stream_begins_anew()
    {
        int[] ids = TinyTokenizer.Trained.Encode("\U00013000");
        TextStream stream = TinyTokenizer.Trained.OpenTextStream();
        Assert.Equal("", stream.Append(ids[0]));
        Assert.Equal("\uFFFD", stream.Flush());
        Assert.Equal("", stream.Flush());
        Assert.Equal("\U00013000", string.Concat(ids.Select(stream.Append)));
    }

    [Fact]
    public void Sentencepiece_byte_tokens_give_out_each_character_once_it_is_whole()
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("models/stories260K"));
        int[] ids = [.. new[] { 0xE4, 0xBD, 0xA0, 0xE5, 0xA5, 0xBD }.Select(b => tokenizer.TokenToId($"<0x{b:X2}>")!.Value)];
        TextStream stream = tokenizer.OpenTextStream();
        Assert.Equal(["", "", "\u4F60", "", "", "\u597D"], ids.Select(stream.Append));
        Assert.Equal("", stream.Flush());
    }

    [Fact]
    public void A_broken_run_of_byte_tokens_ends_in_replacements_and_the_text_goes_on()
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("models/stories260K"));
        int[] ids = [tokenizer.TokenToId("<0xE4>")!.Value, tokenizer.TokenToId("<0xBD>")!.Value, .. tokenizer.Encode("the", addSpecialTokens: false)];
        TextStream stream = tokenizer.OpenTextStream();
        string text = string.Concat(ids.Select(stream.Append)) + stream.Flush();
        Assert.Equal(tokenizer.Decode(ids), text);
        Assert.StartsWith("\uFFFD\uFFFD", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_never_make_a_character_are_not_held_back_for_ever()
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("models/stories260K"));
        TextStream stream = tokenizer.OpenTextStream();
        int id = tokenizer.TokenToId("<0xFF>")!.Value;
        string text = string.Concat(Enumerable.Repeat(id, 100).Select(stream.Append));
        Assert.True(text.Length > 80);
        Assert.Equal(new string('\uFFFD', 100), text + stream.Flush());
    }
}
