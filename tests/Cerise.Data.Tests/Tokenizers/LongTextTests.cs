using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

/// <summary>A million characters without a place to split: quadratic code would not come back from these.</summary>
public class LongTextTests
{
    public static TheoryData<string, string> Cases() => new(
        from folder in new[] { "tokenizers/gpt2", "tokenizers/qwen2.5", "models/stories260K" }
        from unit in new[] { "a", " ", "\n", "<", "'", "1", "ab", "e\u0301", "\u4F60\u597D", "\U0001F600", " \t", "\u0301" }
        select (folder, unit));

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_million_repeated_characters_are_encoded_and_decoded(string folder, string unit)
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData(folder));
        string text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)) + "x";
        int[] ids = tokenizer.Encode(text, addSpecialTokens: false);
        Assert.Equal(unit == "e\u0301" && folder.EndsWith("2.5", StringComparison.Ordinal) ? text.Replace(unit, "\u00E9", StringComparison.Ordinal) : text, tokenizer.Decode(ids));
    }

    [Fact]
    public void A_million_spaces_pass_through_a_regular_expression()
    {
        var json = TinyTokenizer.Json();
        var split = json["pre_tokenizer"]!["pretokenizers"]![0]!;
        split["pattern"]!["Regex"] = $"(?:{split["pattern"]!["Regex"]})";          // no longer the pattern that has its own scanner
        Tokenizer tokenizer = TinyTokenizer.Load(json.ToJsonString());
        foreach (string unit in new[] { " ", "a", "\n ", "\U0001D400" })
        {
            string text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length)) + "x";
            Assert.Equal(TinyTokenizer.Trained.Encode(text), tokenizer.Encode(text));
        }
    }
}
