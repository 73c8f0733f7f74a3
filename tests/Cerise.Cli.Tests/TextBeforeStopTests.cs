namespace Cerise.Cli.Tests;

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
            var stream = new TextBeforeStop("\nUser:");
            string passed = string.Concat(text.Chunk(size).Select(piece => stream.Append(new string(piece))));
            Assert.Equal(expected, passed + stream.Flush());
        }
    }

    [Fact]
    public void What_cannot_begin_the_stop_is_passed_on_at_once() => Assert.Equal("Use", new TextBeforeStop("\nUser:").Append("Use\n"));
}
