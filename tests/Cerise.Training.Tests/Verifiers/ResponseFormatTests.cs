using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class ResponseFormatTests
{
    [Theory]
    [InlineData("<think>\na\n</think>\n<answer>\nb\n</answer>", true, true, true)]
    [InlineData("<think>\na\n</think>\n<answer>\nb\n</answer>\njunk", true, true, false)]
    [InlineData("<think>a</think><answer>b</answer>", true, false, true)]
    [InlineData("<think>a</think><think>b</think><answer>c</answer>", false, false, false)]
    [InlineData(" <think>a</think><answer>b</answer>", false, false, true)]
    [InlineData("<think>a</think>b", true, false, false)]
    [InlineData("a</think><answer>b</answer>", false, false, false)]
    [InlineData("<think>a</think><answer>b</answer><answer>c</answer>", true, false, false)]
    [InlineData("<think></think><answer></answer>", true, false, false)]
    public void V126_format_by_trl_open_r1_and_ours(string response, bool trl, bool openR1, bool ours)
    {
        Assert.Equal(trl, ResponseFormat.Matches(response, FormatMode.Trl));
        Assert.Equal(openR1, ResponseFormat.Matches(response, FormatMode.OpenR1));
        Assert.Equal(ours, ResponseFormat.Matches(response, FormatMode.Cerise));
    }

    [Theory]
    [InlineData("<think>\na\n</think>\n<think>\nb\n</think>\n<answer>\nc\n</answer>")]   // the blocks' inner text is unrestricted
    [InlineData("<think>\n\n</think>\n<answer>\n\n</answer>")]
    [InlineData("<think>\na\n</think>\n<answer>\nb\n</answer>x\n</answer>\nmore")]
    public void Open_r1_accepts_what_its_expression_accepts(string response) => Assert.True(ResponseFormat.Matches(response, FormatMode.OpenR1));

    [Theory]
    [InlineData("<think>\na\n</think>\n<answer>\nb\n</answer> ")]
    [InlineData("<think>\n</think>\n<answer>\nb\n</answer>")]
    [InlineData("<think>\na\n</think>\n\n<answer>\nb\n</answer>")]
    public void Open_r1_refuses_what_its_expression_refuses(string response) => Assert.False(ResponseFormat.Matches(response, FormatMode.OpenR1));

    [Theory]
    [InlineData("<think> a </think> x <answer> b </answer>")]
    [InlineData("<answer> b </answer> <think> a </think>")]
    [InlineData("<think> a <answer> b </answer> </think>")]
    [InlineData("<think> a </think> <answer> </answer>")]
    [InlineData("<think> a <answer> </think> b </answer>")]
    [InlineData("<think></answer>")]
    [InlineData("")]
    public void Ours_refuses_anything_but_one_thought_and_one_answer(string response) =>
        Assert.False(ResponseFormat.Matches(response, FormatMode.Cerise));

    [Theory]
    [InlineData("<think>\na\n</think>\n<answer>\nb\n</answer>", 1.0)]
    [InlineData("a\n</think>\n<answer>\nb\n</answer>", 0.75)]
    [InlineData("<think><think></think><answer>", 0.5)]
    [InlineData("", 0.0)]
    public void Tag_count_pays_a_quarter_for_each_tag_seen_once(string response, double expected) =>
        Assert.Equal(expected, ResponseFormat.TagCount(response));
}
