using Cerise.Data;
using Cerise.Models.Generation;
using Cerise.Training.Rollouts;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Rollouts;

public class StopTests
{
    [Theory]
    [InlineData("so 12 </answer>", true)]
    [InlineData("so 12 </answer", false)]
    [InlineData("Grüße 😀", true)]
    [InlineData("Grüße", false)]
    [InlineData("", false)]
    public void A_stop_string_is_seen_in_the_newest_tokens(string text, bool reached)
    {
        StopStrings stops = new(Toy.Tokenizer, ["</answer>", "😀"]);
        ICompletionGuide watch = stops.Watch();
        int[] ids = Toy.Tokenizer.Encode(text);
        Assert.DoesNotContain(true, ids.SkipLast(1).Select(watch.Append));
        Assert.Equal(reached, ids.Length > 0 && watch.Append(ids[^1]));
        Assert.False(watch.Constrain([]));
    }

    [Fact]
    public void Tokens_of_many_characters_are_looked_into()
    {
        Tokenizer tokenizer = BpeTrainer.Train(["abcdef abcdef abcdef"], new BpeTrainerOptions { VocabSize = 270 });
        Assert.True(tokenizer.Encode("xabcdefx").Length < 8);
        ICompletionGuide watch = new StopStrings(tokenizer, ["cd"]).Watch();
        Assert.Contains(true, tokenizer.Encode("xabcdef").Select(watch.Append));
    }

    [Fact]
    public void A_special_token_counts_with_the_text_it_is_written_as()
    {
        int end = Toy.Tokenizer.EosId!.Value;
        Assert.True(new StopStrings(Toy.Tokenizer, [Toy.Tokenizer.IdToToken(end)!]).Watch().Append(end));
    }

    [Fact]
    public void No_string_or_an_empty_one_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new StopStrings(Toy.Tokenizer, []));
        Assert.Throws<ArgumentException>(() => new StopStrings(Toy.Tokenizer, ["a", ""]));
    }

    [Fact]
    public void Stop_tokens_are_the_configs_and_the_tokenizers()
    {
        int end = Toy.Tokenizer.EosId!.Value;
        Assert.Equal([end, 7, 9], StopTokens.Of(Toy.Config with { EosTokenIds = [9, 7, end] }, Toy.Tokenizer));
        Assert.Equal([end], StopTokens.Of(Toy.Config with { EosTokenIds = [] }, Toy.Tokenizer));
        Tokenizer endless = BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 256, SpecialTokens = [], EosToken = null });
        Assert.Empty(StopTokens.Of(Toy.Config with { EosTokenIds = [] }, endless));
    }
}
