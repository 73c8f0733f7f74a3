using System.Text.Json;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class CountdownVerifierTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Row = Columns("""{"numbers": [25, 7, 4], "target": 28}""");

    [Theory]
    [InlineData("25 + 7 - 4")]
    [InlineData("(25+7)-4 = 28")]
    [InlineData("25 \u2212 4 + 7")]
    [InlineData("-(4 - 25) + 7")]
    public void Each_number_once_and_the_target_is_right(string equation) => Assert.Equal(1, Score(equation, Row));

    [Theory]
    [InlineData("28", "28 is used more often")]
    [InlineData("25 + 7 + 4", "it makes 36, not 28")]
    [InlineData("25 + 3", "3 is used more often")]
    [InlineData("7 * 4", "not every number is used")]
    [InlineData("4 * 7 * 25 / 25", "25 is used more often")]
    [InlineData("25 + 7 - 4 = 29", "the equation is false")]
    [InlineData("25 7 4", "not part of an expression")]
    [InlineData("(25 + 7 - 4", "a bracket is not closed")]
    [InlineData("25 + 7 -", "it ends where a number is wanted")]
    [InlineData("25 ** 7", "'*' at character 5 is not a number")]
    [InlineData("7 / (4 - 4)", "it divides by zero")]
    [InlineData("25 + 7 - 4.0", "not part of an expression")]
    [InlineData("__import__('os')", "is not a number")]
    [InlineData("", "it ends where a number is wanted")]
    [InlineData("9999999999", "more than 9 digits")]
    public void A_wrong_equation_scores_0_and_says_why(string equation, string reason)
    {
        VerifierResult result = new CountdownVerifier().Verify("", $"<think>no</think> <answer>{equation}</answer>", Row);
        Assert.Equal(0, result.Score);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Division_is_exact()
    {
        IReadOnlyDictionary<string, JsonElement> row = Columns("""{"nums": [8, 3, 8, 3], "target": 24}""");
        Assert.Equal(1, Score("8 / (3 - 8 / 3)", row));
    }

    [Fact]
    public void Numbers_may_be_left_out_where_allowed()
    {
        var verifier = new CountdownVerifier(useAll: false);
        Assert.Equal(1, verifier.Verify("", "<answer>7 * 4</answer>", Row).Score);
        Assert.Equal(0, verifier.Verify("", "<answer>7 + 7 * 4 - 7</answer>", Row).Score);
    }

    [Fact]
    public void A_row_without_numbers_or_target_cannot_be_scored()
    {
        Assert.Null(Score("1", NoColumns.Value));
        Assert.Null(Score("1", Columns("""{"numbers": [1]}""")));
        Assert.Null(Score("1", Columns("""{"numbers": [1, "2"], "target": 3}""")));
        Assert.Equal(1, new CountdownVerifier().Verify("1", "<answer>1</answer>", Columns("""{"numbers": [1]}""")).Score);
    }

    [Fact]
    public void Hostile_nesting_and_length_are_refused()
    {
        Assert.Equal(0, Score(new string('(', 300), Row));
        Assert.Equal(0, Score(new string('-', 399) + "1", Row));
        Assert.Equal(0, Score(new string('(', 1_000_000), Row));
        Assert.True(CountdownExpression.TryParse(string.Join('*', Enumerable.Repeat("999999999", 40)), out _, out _));
    }

    [Fact]
    public void A_bare_equation_counts_only_in_lenient_mode()
    {
        Assert.Equal(0, new CountdownVerifier().Verify("", "25 + 7 - 4", Row).Score);
        Assert.Equal(1, new CountdownVerifier(lenient: true).Verify("", "25 + 7 - 4", Row).Score);
    }

    private static double? Score(string equation, IReadOnlyDictionary<string, JsonElement> row) =>
        new CountdownVerifier().Verify("", $"<answer>{equation}</answer>", row).Score;

    private static Dictionary<string, JsonElement> Columns(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
