using System.Text;
using Cerise.Data.Inference;

namespace Cerise.Data.Tests.Inference;

public sealed class StopMatcherTests
{
    [Theory]
    [InlineData("so 12 </answer>", true)]
    [InlineData("so 12 </answer", false)]
    [InlineData("<</answer>", true)]
    [InlineData("Grüße 😀", true)]
    [InlineData("aabaabaaa", false)]
    [InlineData("aabaabaac", true)]
    [InlineData("aabaaabaabaac", true)]
    public void A_text_is_found_however_the_bytes_are_cut(string text, bool found)
    {
        StopMatcher matcher = new(["</answer>", "😀", "aabaabaac"]);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int size = 1; size <= bytes.Length; size++)
        {
            StopMatcher.Search search = matcher.Begin();
            Assert.Equal(found, bytes.Chunk(size).Select(piece => search.Append(piece)).ToArray().Contains(true));
        }
    }

    [Fact]
    public void Random_texts_are_found_where_a_plain_search_finds_them()
    {
        uint state = 1;
        int Next(int bound) => (int)((state = (state * 1664525) + 1013904223) >> 16) % bound;
        string Text(int length) => new([.. Enumerable.Range(0, length).Select(_ => (char)('a' + Next(2)))]);
        for (int trial = 0; trial < 300; trial++)
        {
            string[] stops = [.. Enumerable.Range(0, 1 + Next(3)).Select(_ => Text(1 + Next(7)))];
            string text = Text(40);
            StopMatcher.Search search = new StopMatcher(stops).Begin();
            int found = 0;
            while (found < text.Length && !search.Append([(byte)text[found]]))
                found++;
            int expected = Enumerable.Range(1, text.Length).FirstOrDefault(end => stops.Any(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)), text.Length + 1);
            Assert.Equal(expected, found + 1);
        }
    }

    [Fact]
    public void No_string_or_an_empty_one_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new StopMatcher([]));
        Assert.Throws<ArgumentException>(() => new StopMatcher(["a", ""]));
    }

    [Fact]
    public void Searching_allocates_nothing()
    {
        StopMatcher.Search search = new StopMatcher(["</answer>", "END"]).Begin();
        byte[] bytes = Encoding.UTF8.GetBytes("so it is </answ er");
        search.Append(bytes);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
            search.Append(bytes);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
