using Cerise.Data;
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
        Assert.Equal(reached, stops.IsReached(Toy.Tokenizer.Encode(text)));
    }

    [Fact]
    public void Tokens_of_many_characters_are_looked_into()
    {
        Tokenizer tokenizer = BpeTrainer.Train(["abcdef abcdef abcdef"], new BpeTrainerOptions { VocabSize = 270 });
        Assert.True(tokenizer.Encode("xabcdefx").Length < 8);
        Assert.True(new StopStrings(tokenizer, ["cd"]).IsReached(tokenizer.Encode("xabcdef")));
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
