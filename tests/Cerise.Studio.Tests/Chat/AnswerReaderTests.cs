using Cerise.Studio.Chat;
using Cerise.Studio.Chat.ToolCalls;

namespace Cerise.Studio.Tests.Chat;

public sealed class AnswerReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("Hello", "Hello")]
    [InlineData("  Hello \n", "  Hello \n")]
    [InlineData("<think>a</think>b", "thinks:a|b")]
    [InlineData("\n<think>\n a b \n</think>\n\n c \n", "thinks:a b|c \n")]
    [InlineData("<think>\n\n</think>\n\nHello", "Hello")]
    [InlineData("<think>never ends", "thinks:never ends")]
    [InlineData("<think>a < b </ thin</think>c", "thinks:a < b </ thin|c")]
    [InlineData("<thin", "<thin")]
    [InlineData("say <think>no</think>", "say <think>no</think>")]
    [InlineData("<think>a</think>b <think>c</think>", "thinks:a|b <think>c</think>")]
    public void Reasoning_is_what_stands_between_the_markers_at_the_beginning(string text, string expected) => Assert.Equal(expected, Answers.Read(text));

    [Fact]
    public void The_markers_are_those_the_template_writes()
    {
        Assert.Equal(ReasoningMarkers.Usual, ReasoningMarkers.Of("no thought here"));
        Assert.Equal("thinks:a|b", Answers.Read("[THINK]a[/THINK]b", null, ReasoningMarkers.Of("{{ '[THINK]' + message.thinking + '[/THINK]' }}")));
    }

    [Fact]
    public void Endless_white_space_costs_no_more_than_its_length()
    {
        var reader = new AnswerReader(ReasoningMarkers.Usual, ToolCallFormat.Of("tools <tool_call>"));
        List<AnswerDelta> deltas = [];
        for (int i = 0; i < 200_000; i++)
            reader.Append("\n", deltas);
        reader.Finish(deltas);
        Assert.Equal(200_000, deltas.Sum(delta => delta.Text.Length));
    }
}
