using Cerise.Testing;
using Cerise.Training.Rewards;

namespace Cerise.Training.Tests.Rewards;

public sealed class SpellingRewardTests
{
    [Theory]
    [InlineData("The cat sat.", false, 1.0)]
    [InlineData("the CAT zat", false, 2.0 / 3)]
    [InlineData("the cat sa", true, 1.0)]
    [InlineData("Don't sit", false, 0.5)]
    [InlineData("12 + 3 = 15", false, 0.0)]
    public void It_is_the_share_of_words_that_real_text_has(string completion, bool truncated, double expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("a.txt"), "The cat sat");
        File.WriteAllText(folder.File("b.txt"), "and didn't; don't");
        var reward = new SpellingReward(folder.Path);
        Assert.Equal(expected, reward.Score(new RewardInput { Prompt = "", Completion = completion, Truncated = truncated }));
    }

    [Fact]
    public void Missing_or_wordless_files_are_named()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Assert.Contains("holds no words", Assert.Throws<RewardException>(() => new SpellingReward(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains(folder.File("none.txt"), Assert.Throws<RewardException>(() => new SpellingReward(folder.File("none.txt"))).Message, StringComparison.Ordinal);
    }
}
