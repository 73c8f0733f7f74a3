using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tests.Tokenizers.Unicode;

public class UnicodeRegexTests
{
    [Theory]
    [InlineData(@"\p{L}+", "ab\U0001D400\U00020000 c", "ab\U0001D400\U00020000|c")]
    [InlineData(@"\p{N}", "1\U0001D7CE\u2167", "1|\U0001D7CE|\u2167")]
    [InlineData(@"[^\s\p{L}\p{N}]+", "a\U0001F600\U0001F601b!", "\U0001F600\U0001F601|!")]
    [InlineData(".", "\U0001F600a\n", "\U0001F600|a")]
    [InlineData(@"\p{Lu}\p{Ll}", "\U00010400\U00010428Aa", "\U00010400\U00010428|Aa")]
    [InlineData(@"\p{Han}+", "\u4E2D\U00020000\u3042\U0001D400", "\u4E2D\U00020000")]
    [InlineData("[\u4E00-\u9FA5]+", "\u4E2D\U00020000\u6587", "\u4E2D|\u6587")]
    [InlineData(@"\P{Han}", "\u4E2Da", "a")]
    [InlineData(@"\p{^L}+|\p{Letter}", "a1!", "a|1!")]
    [InlineData(@"(?i:'s)", "'s 'S '\u017F 'x", "'s|'S|'\u017F")]
    [InlineData(@"(?i)k|[r-t]", "kK\u212ASx", "k|K|\u212A|S")]
    [InlineData(@"(?i:a)B", "AB Ab", "AB")]
    [InlineData(@"a?+a|b++c", "aa bbc", "aa|bbc")]
    [InlineData(@"a{1,2}", "aaa", "aa|a")]
    [InlineData(@"a{,2}", "aaa", "aa|a")]
    [InlineData(@"\h+", "xyfF9g", "fF9")]
    [InlineData(@"\x{41}\x42", "AB", "AB")]
    [InlineData(@"\w+", "a_1\u00B2\u24B6\U0001F130 -", "a_1\u00B2\u24B6\U0001F130")]
    [InlineData(@"\W", "a-\U0001F600", "-|\U0001F600")]
    [InlineData("[[:punct:]]+", "a$!+b", "$!+")]
    [InlineData("[]a]+", "a]b", "a]")]
    [InlineData(@"\p{Cyrillic}+|[\p{Greek}1]+", "ж1α2Ж", "ж|1α|Ж")]
    [InlineData("[^(a|[bc.]d)]+", "xa|by(zdc.", "x|y|z")]
    [InlineData(@"[\p{L}&&[^\p{Lu}b]]+", "abAcd", "a|cd")]
    [InlineData(@"a{1,2}+b", "aaab", "aaab")]
    [InlineData(@"a{2}?b", "aab b", "aab|b")]
    [InlineData("a{x}|{", "a{x}{", "a{x}|{")]
    [InlineData("^b|a$", "a\nb", "a|b")]
    [InlineData("(?m:a.)", "a\n", "a\n")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b ", "  | | ")]
    [InlineData("[^\uFFFF]+|[\uFFFE-\uFFFF]+", "ab\uFFFF", "ab|\uFFFF")]
    [InlineData("\U0001F600+", "a\U0001F600\U0001F600\U0001F601", "\U0001F600\U0001F600")]
    [InlineData("\\s?[A-Za-z\U00010400-\U0001044F]+", "a \U00010400\U00010428z \U00020000\U0001D400", "a| \U00010400\U00010428z")]
    [InlineData("[^\U0001F600-\U0001F60F]+", "a\U0001F600\U0001F610", "a|\U0001F610")]
    [InlineData("[\uFF00-\U00010FFF]|[\U0001D400b]|\\p{L}", "\uFF01\U00010400\U0001D400\U0001D401ab!", "\uFF01|\U00010400|\U0001D400|\U0001D401|a|b")]
    [InlineData(@"[\x{1F600}-\x{1F601}x]|\x{1F603}", "\U0001F600x\U0001F602\U0001F603", "\U0001F600|x|\U0001F603")]
    public void Patterns_in_the_oniguruma_dialect_match_code_points(string pattern, string text, string expected) =>
        Assert.Equal(expected.Split('|'), Find(pattern, text));

    [Theory]
    [InlineData(@"\X", @"\X")]
    [InlineData("(?~a)", "absent operator")]
    [InlineData("[a[^bc]]", "negated set within a set")]
    [InlineData("[a[b[c]]]", "set within a set within a set")]
    [InlineData("[a&&b]", "intersection")]
    [InlineData("[[:alpha:]]", "[:alpha:]")]
    [InlineData(@"\p{Klingon}", @"\p{Klingon}")]
    [InlineData("[\U0001F600-\U0001F500]", "end comes before its beginning")]
    [InlineData(@"\x{110000}", "number of a character")]
    [InlineData("[\u0080-\uFFFF\U0001F600]", "nearly every character")]
    [InlineData("a\\", "backslash at the end")]
    [InlineData("[a", "character set without an end")]
    public void What_has_no_counterpart_is_refused_by_name(string pattern, string expected) =>
        Assert.Contains(expected, Assert.Throws<NotSupportedException>(() => new UnicodeRegex(pattern)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_stand_in_is_never_a_character_that_the_pattern_names()
    {
        Assert.Equal(["\U00020000"], Find("[^\u4E00-\u9FFF]", "\u4E00\U00020000"));
        Assert.Empty(Find("[\u0390-\uFFEE]", "\U0001D400"));
        Assert.Throws<TokenizerException>(() => Find(@"[\u0080-\uFFFF]|\p{L}", "\U0001D400"));
        Assert.Empty(Find("[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+", "\U0001F167\U0001F600\U0001D400"));
        Assert.Equal(["\uAC00"], Find(@"\p{Hangul}+", "\U00020000\uAC00\U0001D400"));
    }

    [Fact]
    public void A_character_that_stands_for_others_is_not_taken_for_them()
    {
        string bmp = string.Concat(Enumerable.Range(0x80, 0xFFFF - 0x80).Where(c => !char.IsSurrogate((char)c)).Select(c => (char)c));
        Assert.Empty(Find("[\U0001F600-\U0001F601]", bmp));
        Assert.Equal(Find(@"\p{L}", bmp), Find("\\p{L}|[\U0001D400-\U0001D4FF]", bmp));
    }

    [Fact]
    public void Ranges_may_overlap_and_reach_to_the_last_character()
    {
        Assert.Equal(["\U00010400", "\U00010400x", "\U0010FFFF"],
            Find("[\U00010400-\U00010410]x?|[\U00010000-\U0010FFFF]+", "\U00010400 \U00010400x \U0010FFFFx"));
        string ranges = string.Concat(Enumerable.Range(0x10000, 60).Select(c => char.ConvertFromUtf32(c) + "-\U0010FFFF"));
        Assert.Equal(["\U00010000", "\U00012345"], Find($"[{ranges}]", "\U00010000a\U00012345"));
        Assert.Contains("more than 64", Assert.Throws<NotSupportedException>(() => new UnicodeRegex(
            $"[{string.Concat(Enumerable.Range(0x10000, 65).Select(char.ConvertFromUtf32))}]")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|aa)+$b")]
    public void A_pattern_that_explodes_is_an_error_in_bounded_time(string pattern)
    {
        var error = Assert.Throws<TokenizerException>(() => Find(pattern, new string('a', 5000)));
        Assert.Contains("takes too long", error.Message, StringComparison.Ordinal);
    }

    private static List<string> Find(string pattern, string text)
    {
        var matches = new List<(int Start, int End)>();
        new UnicodeRegex(pattern).FindMatches(text, matches);
        return matches.ConvertAll(match => text[match.Start..match.End]);
    }
}
