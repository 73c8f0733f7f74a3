using Cerise.Data.Inference;

namespace Cerise.Data.Tests.Inference;

public sealed class TextBeforeStopTests
{
    [Theory]
    [InlineData("one\nUser: two", "one")]
    [InlineData("one\nUse\n\nUser two", "one\nUse\n\nUser two")]
    [InlineData("one\n\nUser:", "one\n")]
    [InlineData("\nUser:", "")]
    [InlineData("", "")]
    public void Text_is_passed_on_up_to_the_stop_however_it_is_cut(string text, string expected)
    {
        for (int size = 1; size <= text.Length + 1; size++)
        {
            var stream = new TextBeforeStop(["\nUser:"]);
            string passed = string.Concat(text.Chunk(size).Select(piece => stream.Append(new string(piece))));
            Assert.Equal(expected, passed + stream.Flush());
        }
    }

    [Theory]
    [InlineData("abcabd!", "abc", "abd")]
    [InlineData("ab<end", "ab<end", null)]
    [InlineData("abcd<e", "abcd<e", null)]
    [InlineData("x <end> abd", "x ", "<end>")]
    [InlineData("x_long stop", "x", "_long stop")]
    public void The_stop_that_ends_first_wins_and_of_those_that_end_together_the_longest(string text, string expected, string? found)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            var stream = new TextBeforeStop(["abd", "<end>", "long stop", "_long stop", "stop"]);
            string passed = string.Concat(text.Chunk(size).Select(piece => stream.Append(new string(piece))));
            Assert.Equal((expected, found), (passed + stream.Flush(), stream.Found));
        }
    }

    [Fact]
    public void Without_a_stop_everything_is_passed_on_at_once() => Assert.Equal("abc", new TextBeforeStop([]).Append("abc"));

    [Fact]
    public void What_cannot_begin_the_stop_is_passed_on_at_once() => Assert.Equal("Use", new TextBeforeStop(["\nUser:"]).Append("Use\n"));
}
