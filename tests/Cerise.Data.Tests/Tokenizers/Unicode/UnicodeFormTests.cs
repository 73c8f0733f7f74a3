using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tests.Tokenizers.Unicode;

public class UnicodeFormTests
{
    [Theory]
    [InlineData("\u00C5", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]
    [InlineData("\u212B", "\u00C5", "A\u030A", "\u00C5", "A\u030A")]                                             // singleton
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E69", "s\u0323\u0307")]                // UAX #15, figure 6
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("2\u2075", "2\u2075", "2\u2075", "25", "25")]
    [InlineData("\uAC01", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]                       // Hangul
    [InlineData("\uAC00\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8")]
    [InlineData("a\u0301\u0327", "\u00E1\u0327", "a\u0327\u0301", "\u00E1\u0327", "a\u0327\u0301")]              // reordered by class
    [InlineData("e\u0301\u0301", "\u00E9\u0301", "e\u0301\u0301", "\u00E9\u0301", "e\u0301\u0301")]              // blocked
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]                       // composition exclusion
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("\u01D6", "\u01D6", "u\u0308\u0304", "\u01D6", "u\u0308\u0304")]                                 // two steps
    [InlineData("\U0001D160", "\U0001D158\U0001D165\U0001D16E", "\U0001D158\U0001D165\U0001D16E", "\U0001D158\U0001D165\U0001D16E", "\U0001D158\U0001D165\U0001D16E")]
    [InlineData("\U000110A5\U000110BA", "\U000110AB", "\U000110A5\U000110BA", "\U000110AB", "\U000110A5\U000110BA")]
    [InlineData("\u3392", "\u3392", "\u3392", "MHz", "MHz")]
    [InlineData("plain", "plain", "plain", "plain", "plain")]
    [InlineData("", "", "", "", "")]
    public void Known_texts_take_their_four_forms(string text, string c, string d, string kc, string kd)
    {
        Assert.Equal(c, UnicodeForm.C.Normalize(text));
        Assert.Equal(d, UnicodeForm.D.Normalize(text));
        Assert.Equal(kc, UnicodeForm.KC.Normalize(text));
        Assert.Equal(kd, UnicodeForm.KD.Normalize(text));
    }

    [Fact]
    public void Forms_are_stable_and_agree_on_random_text()
    {
        var random = new Random(41);
        for (int i = 0; i < 3000; i++)
        {
            string text = RandomText.Next(random, 30);
            string c = UnicodeForm.C.Normalize(text), d = UnicodeForm.D.Normalize(text), kc = UnicodeForm.KC.Normalize(text), kd = UnicodeForm.KD.Normalize(text);
            Assert.Equal(c, UnicodeForm.C.Normalize(d));
            Assert.Equal(d, UnicodeForm.D.Normalize(c));
            Assert.Equal(kc, UnicodeForm.KC.Normalize(kd));
            Assert.Equal(kd, UnicodeForm.KD.Normalize(c));
            foreach ((UnicodeForm form, string normalized) in new[] { (UnicodeForm.C, c), (UnicodeForm.D, d), (UnicodeForm.KC, kc), (UnicodeForm.KD, kd) })
                Assert.Equal(normalized, form.Normalize(normalized));
        }
    }

    [Theory]
    [InlineData("plain \u00E9\u02FF")]
    [InlineData("\u4F60\u597D \u043F\u0440\u0438\u0432\u0435\u0442 \uAC01 \U0001F600")]
    public void Text_that_is_composed_already_is_not_copied(string text) => Assert.Same(text, UnicodeForm.C.Normalize(text));

    [Fact]
    public void Every_composed_letter_decomposes_and_composes_again()
    {
        int changed = 0;
        for (int c = 0xA0; c < 0x30000; c++)
        {
            if (c is >= 0xD800 and < 0xE000)
                continue;
            string text = char.ConvertFromUtf32(c), decomposed = UnicodeForm.D.Normalize(text);
            changed += decomposed == text ? 0 : 1;
            Assert.Equal(UnicodeForm.C.Normalize(text), UnicodeForm.C.Normalize(decomposed));
        }
        Assert.Equal(13233, changed);                                              // 2061 with a table entry, 11172 Hangul syllables
    }
}
