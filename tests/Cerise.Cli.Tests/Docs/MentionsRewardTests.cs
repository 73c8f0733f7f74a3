using System.Text.Json;
using Cerise.Training.Rewards;

namespace Cerise.Cli.Tests.Docs;

/// <summary>The README's example does what the README says.</summary>
public sealed class MentionsRewardTests
{
    [Fact]
    public void The_reward_of_the_README_works_in_a_recipe()
    {
        RewardRegistry registry = new();
        registry.Register("mentions", settings => new MentionsReward(settings.Text("column", "keyword")));

        IReward reward = registry.Create("mentions", new Dictionary<string, string> { ["column"] = "city" });
        RewardBatch batch = new([Input("In paris.", "Paris"), Input("In Rome.", "Paris"), Input("In Paris.", null)]);
        Assert.Equal([1, 0, null], reward.Score(batch));
    }

    private static RewardInput Input(string completion, string? city) => new()
    {
        Prompt = "Where?",
        Completion = completion,
        Columns = new Dictionary<string, JsonElement> { ["city"] = JsonSerializer.SerializeToElement(city) },
    };
}
