using Cerise.Training.Rewards;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Rewards;

public class AccuracyRewardTests
{
    private const string Gold = """{"answer": "7", "n": 7, "nothing": null}""";

    [Fact]
    public void A_right_answer_scores_1_and_an_unreadable_gold_null()
    {
        var reward = new AccuracyReward(new NumberVerifier());
        Assert.Equal(1, reward.Score(Inputs.Of("<answer>7</answer>", columns: Gold)));
        Assert.Equal(0, reward.Score(Inputs.Of("<answer>8</answer>", columns: Gold)));
        Assert.Null(reward.Score(Inputs.Of("<answer>8</answer>")));
        Assert.Null(new AccuracyReward(new NumberVerifier(), new() { Column = "nothing" }).Score(Inputs.Of("<answer>7</answer>", columns: Gold)));
        Assert.Equal(1, new AccuracyReward(new NumberVerifier(), new() { Column = "n" }).Score(Inputs.Of("<answer>7</answer>", columns: Gold)));
    }

    [Fact]
    public void Thinking_or_format_can_be_required()
    {
        var thinking = new AccuracyReward(new NumberVerifier(), new() { RequireThinking = true });
        Assert.Equal(0, thinking.Score(Inputs.Of("<answer>7</answer>", columns: Gold)));
        Assert.Equal(1, thinking.Score(Inputs.Of("x</think><answer>7</answer>", columns: Gold)));
        var format = new AccuracyReward(new NumberVerifier(), new() { RequireFormat = FormatMode.Cerise });
        Assert.Equal(0, format.Score(Inputs.Of("x</think><answer>7</answer>", columns: Gold)));
        Assert.Equal(1, format.Score(Inputs.Of("<think>x</think><answer>7</answer>", columns: Gold)));
    }

    [Fact]
    public void A_think_tag_that_ends_the_prompt_is_put_back_before_checking()
    {
        RewardInput input = Inputs.Of("x</think><answer>7</answer>", columns: Gold, prompt: "Assistant: <think>\n");
        Assert.Equal(1, new FormatReward().Score(input));
        Assert.Equal(0, new FormatReward().Score(input with { Prompt = "Assistant:" }));
        Assert.Equal(1, new TagCountReward().Score(input));
    }
}
