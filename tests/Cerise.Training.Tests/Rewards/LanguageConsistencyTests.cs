using Cerise.Training.Rewards;

namespace Cerise.Training.Tests.Rewards;

public class LanguageConsistencyTests
{
    [Fact]
    public void V100_language_consistency()
    {
        const string Thought = "We need the sum \u6240\u4EE5 answer is 12 ok";
        Assert.Equal(0.77777778, LanguageConsistency.Ratio(Thought, "en"), 1e-8);
        RewardInput input = Inputs.Of($"<think>{Thought}</think> <answer>\u6240</answer>", prompt: "What is 5 + 7?");
        Assert.Equal(7.0 / 9, new LanguageConsistencyReward().Score(input));
        Assert.Equal(2.0 / 9, new LanguageConsistencyReward("zh").Score(input));
    }

    [Theory]
    [InlineData("it's na\u00EFve", "en", 2)]
    [InlineData("e\u0301tude", "en", 1)]
    [InlineData("12 + 3 = 15.", "en", 0)]
    [InlineData("so $x + y$ and \\(a b\\) `code here` \\frac", "en", 2)]
    [InlineData("```\nint x = 1;\n``` done", "en", 1)]
    [InlineData("\U00020000\u4E00", "zh", 2)]
    [InlineData("\u043F\u0440\u0438\u0432\u0435\u0442 \u043C\u0438\u0440", "ru", 2)]
    [InlineData("\uD800broken\uDC00", "en", 1)]
    public void Words_are_counted_by_script(string text, string language, int count) =>
        Assert.Equal(count, LanguageConsistency.CountWords(text).GetValueOrDefault(language));

    [Fact]
    public void Japanese_is_kana_with_han()
    {
        const string Text = "\u3053\u308C\u306F\u672C\u3067\u3059";
        Assert.Equal("ja", LanguageConsistency.Majority(Text));
        Assert.Equal(1, LanguageConsistency.Ratio(Text, "ja"));
        Assert.Equal("zh", LanguageConsistency.Majority("\u672C\u672C"));
    }

    [Fact]
    public void No_words_are_consistent_and_have_no_majority()
    {
        Assert.Equal(1, LanguageConsistency.Ratio("1 + 1", "en"));
        Assert.Null(LanguageConsistency.Majority("1 + 1"));
        Assert.Null(new LanguageConsistencyReward().Score(Inputs.Of("words", prompt: "1 + 1 =")));
    }
}
