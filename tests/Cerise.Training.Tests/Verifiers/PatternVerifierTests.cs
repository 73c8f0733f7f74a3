using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class PatternVerifierTests
{
    private static readonly PatternVerifier Verifier = new();

    [Theory]
    [InlineData("^The answer is", "  The answer is 5.", 1)]
    [InlineData("^The answer is", "2 + 3 = 5. The answer is 5.", 0)]
    [InlineData("^The answer is", "<think>2 + 3 = 5.</think>\nThe answer is 5.", 1)]
    [InlineData("[0-9]+ eggs$", "She has 12 eggs \n", 1)]
    [InlineData("(a+)+b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 0)]
    public void A_response_is_right_if_the_pattern_occurs_in_it_after_the_thinking(string pattern, string response, double score) =>
        Assert.Equal(score, Verifier.Verify(pattern, response, NoColumns.Value).Score);

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData("(a)\\1")]
    public void What_is_no_such_pattern_is_not_scored(string pattern) => Assert.Null(Verifier.Verify(pattern, "x", NoColumns.Value).Score);
}
