using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.PreTokenizers;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tests.Tokenizers.PreTokenizers;

public class SplitPreTokenizerTests
{
    [Theory]
    [InlineData(@"(?=(\d{3})+(?!\d))", "1234567", "1|234|567")]
    [InlineData(@"(?=(\d{3})+(?!\d))", "123456", "123|456")]
    [InlineData("(?=b)", "abab", "a|ba|b")]
    [InlineData("(?=b)|a", "abab", "a|b|a|b")]
    public void A_text_is_split_where_an_empty_match_stands(string pattern, string text, string expected) =>
        Assert.Equal(expected.Split('|'), Parts(new SplitPreTokenizer(TextPattern.Regex(pattern).FindSplits, SplitBehavior.Isolated), text));

    /// <summary>The reference goes by Unicode 8, where U+166D was punctuation and U+2E43 and U+10F58 were not yet assigned.</summary>
    [Fact]
    public void Punctuation_is_that_of_Unicode_8() =>
        Assert.Equal(["a", "!", "a", "\u3001", "a", "\u166D", "a\u2E43a\U00010F58a"],
            Parts(new SplitPreTokenizer(MatchFinders.Each(CodePoints.IsPunctuation), SplitBehavior.Isolated),
                "a!a\u3001a\u166Da\u2E43a\U00010F58a"));

    private static List<string> Parts(SplitPreTokenizer splitter, string text)
    {
        var parts = new List<Piece>();
        splitter.Split(new Piece(new TrackedText(text, null), 0, text.Length, true), parts);
        return parts.ConvertAll(part => text.Substring(part.Start, part.Length));
    }
}
