using System.Text.Json;
using Cerise.Data.Grammars;

namespace Cerise.Data.Tests.Grammars;

public sealed class JsonGrammarTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData("{\"a\":1}", true)]
    [InlineData("{\"a\": [1, -2.5e10, true, null, \"x\\n\\u00e9\\ud83d\\ude00 日本😀\"]}", true)]
    [InlineData("{\n  \"a\": {\n    \"b\": []\n  },\n  \"c\": \"\"\n}", true)]
    [InlineData("", false)]
    [InlineData(" {}", false)]
    [InlineData("{} ", false)]
    [InlineData("[]", false)]
    [InlineData("{\"a\":01}", false)]
    [InlineData("{\"a\":1.}", false)]
    [InlineData("{\"a\":1,}", false)]
    [InlineData("{\"a\" :1}", false)]
    [InlineData("{a:1}", false)]
    [InlineData("{\"a\":\"\n\"}", false)]
    [InlineData("{\"a\":\"\\x\"}", false)]
    [InlineData("{\"a\":\"\\ud83d\"}", false)]
    [InlineData("{\"a\":   1}", false)]
    [InlineData("{\"a\":12345678901234567}", false)]
    [InlineData("{\"a\":1", false)]
    public void An_object_is_what_the_grammar_holds_to(string text, bool fits) => Assert.Equal(fits, JsonGrammar.AnyObject.Accepts(text));

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("-0", true)]
    [InlineData("1e+10", true)]
    [InlineData("[[[]]]", true)]
    [InlineData("nul", false)]
    public void A_value_may_be_of_any_kind(string text, bool fits) => Assert.Equal(fits, JsonGrammar.AnyValue.Accepts(text));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_walk_ends_in_JSON_and_never_in_a_dead_end(int seed)
    {
        TinyRandom random = new(seed);
        int ended = 0;
        for (int walk = 0; walk < 100; walk++)
        {
            if (Walks.Random(JsonGrammar.AnyObject, Walks.Pieces, random.Below, 300) is not { } text)
                continue;
            using JsonDocument document = JsonDocument.Parse(text);
            Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
            ended++;
        }
        Assert.InRange(ended, 60, 100);
    }

    [Fact]
    public void White_space_alone_cannot_go_on_for_long()
    {
        ITokenConstraint constraint = JsonGrammar.AnyObject.Start(Walks.Bytes);
        ulong[] allowed = new ulong[4];
        constraint.Accept('{');
        int spaces = 0;
        for (; spaces < 100; spaces++)
        {
            constraint.FillAllowed(allowed);
            char next = "\n\t ".FirstOrDefault(c => (allowed[c / 64] >> (c % 64) & 1) == 1);
            if (next == 0)
                break;
            constraint.Accept(next);
        }
        Assert.Equal(22, spaces);
    }

    [Fact]
    public void A_vocabulary_without_some_bytes_is_held_to_texts_it_can_spell()
    {
        TokenVocabulary poor = new(256, id => id is '{' or '}' or '"' or ':' or ',' or (>= 'a' and <= 'e') or '1' ? [(byte)id] : null);
        TinyRandom random = new(3);
        for (int walk = 0; walk < 50; walk++)
            if (Walks.Random(JsonGrammar.AnyObject, poor, random.Below, 200) is { } text)
                JsonDocument.Parse(text).Dispose();
        GrammarException error = Assert.Throws<GrammarException>(() => JsonGrammar.AnyObject.Start(new TokenVocabulary(256, id => id == '{' ? [(byte)id] : null)));
        Assert.Equal("no text fits the grammar: some part can never be fulfilled, or needs bytes that the vocabulary has no token for", error.Message);
    }

    [Fact]
    public void A_token_that_may_not_come_is_refused()
    {
        ITokenConstraint constraint = JsonGrammar.AnyObject.Start(Walks.Bytes);
        Assert.False(constraint.MayEnd);
        Assert.Throws<ArgumentException>(() => constraint.Accept('['));
        constraint = JsonGrammar.AnyObject.Start(Walks.Bytes);
        Assert.Throws<ArgumentException>(() => constraint.Accept(300));
    }

    [Fact]
    public void Once_all_is_closed_nothing_may_come()
    {
        ITokenConstraint constraint = JsonGrammar.AnyObject.Start(Walks.Pieces);
        constraint.Accept('{');
        constraint.Accept('}');
        Assert.Equal((true, true), (constraint.MayEnd, constraint.MustEnd));
        ulong[] allowed = [ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue];
        constraint.FillAllowed(allowed);
        Assert.All(allowed, word => Assert.Equal(0UL, word));
    }
}
