using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class NumberVerifierTests
{
    [Theory]
    [InlineData("18", "<answer> 18 </answer>", 1)]
    [InlineData("work\n#### 18", "<answer>18.0</answer>", 1)]
    [InlineData("1,234", "<answer>$1234.</answer>", 1)]
    [InlineData("0.5", "<answer>1/2</answer>", 1)]
    [InlineData(@"\frac{63}{400}", @"\boxed{\frac{63}{400}}", 1)]
    [InlineData("18", @"\boxed{18\text{ dollars}}", 1)]
    [InlineData("13", "<answer> 13 pears </answer>", 1)]
    [InlineData("13", "<answer> 7 + 6 = 13 </answer>", 1)]
    [InlineData("-5", "<answer>\u22125</answer>", 1)]
    [InlineData("0.3333333333333333", "<answer>1/3</answer>", 0)]
    [InlineData("13", "<answer> 13 14 </answer>", 0)]
    [InlineData("2", @"<answer>\sqrt{2}</answer>", 0)]
    [InlineData("10", "<answer>10^2</answer>", 0)]
    [InlineData("13", "the numbers are 12 and 13", 0)]
    [InlineData("13", "<answer>thirteen</answer> \\boxed{13}", 0)]
    [InlineData("13", "", 0)]
    public void Strict_comparison_is_exact_and_wants_one_number_in_a_marked_place(string gold, string response, double score) =>
        Assert.Equal(score, new NumberVerifier().Verify(gold, response, NoColumns.Value).Score);

    [Theory]
    [InlineData("3", "16-3", 1)]
    [InlineData("-3", "it is -3", 1)]
    [InlineData("3", "16 - 3", 1)]
    [InlineData("1234", "12 and 1,234", 1)]
    [InlineData("4", "1,2,3,4", 1)]
    [InlineData("0.5", "about .5", 1)]
    [InlineData("3", "The answer is 1 or 2. No: 3", 1)]
    public void Lenient_comparison_falls_back_to_the_last_number(string gold, string response, double score) =>
        Assert.Equal(score, new NumberVerifier(lenient: true).Verify(gold, response, NoColumns.Value).Score);

    [Theory]
    [InlineData("Answer is forty two.")]
    [InlineData("")]
    [InlineData("3 or 4")]
    public void A_gold_answer_that_is_no_number_cannot_be_scored(string gold)
    {
        VerifierResult result = new NumberVerifier().Verify(gold, "<answer>42</answer>", NoColumns.Value);
        Assert.Null(result.Score);
        Assert.Contains("gold", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_numbers_are_refused_and_long_texts_are_read()
    {
        var verifier = new NumberVerifier(lenient: true);
        Assert.Equal(0, verifier.Verify("1", new string('9', 1_000_000), NoColumns.Value).Score);
        Assert.Equal(0, verifier.Verify("1", string.Concat(Enumerable.Repeat("1,111", 200_000)), NoColumns.Value).Score);
        Assert.Equal(1, verifier.Verify("1", new string('$', 200_000) + new string('{', 200_000) + "\\boxed{1}", NoColumns.Value).Score);
    }
}
