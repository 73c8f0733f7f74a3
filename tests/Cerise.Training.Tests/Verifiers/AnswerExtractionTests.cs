using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class AnswerExtractionTests
{
    [Theory]
    [InlineData("<think> 3 </think> <answer> 4 </answer>", "4", AnswerRule.AnswerTag)]
    [InlineData("<think> <answer> 3 </answer> </think> <answer>4</answer> <answer>5</answer>", "5", AnswerRule.AnswerTag)]
    [InlineData(@"<answer>7</answer> and \boxed{8}", "7", AnswerRule.AnswerTag)]
    [InlineData(@"so \boxed{8}. The answer is 9.", "8", AnswerRule.Boxed)]
    [InlineData("The final answer is 9. Yes.", "9", AnswerRule.Phrase)]
    [InlineData("Answer: 41 was wrong.\nAnswer: 42", "42", AnswerRule.Phrase)]
    [InlineData("**Final answer:** 3.5 km.", "3.5 km", AnswerRule.Phrase)]
    [InlineData("sum\n#### 1,234", "1234", AnswerRule.Gsm8kMarker)]
    [InlineData("It is $x = 4$ at last", "x = 4", AnswerRule.MathSpan)]
    [InlineData("It costs $5 and then $7", "7", AnswerRule.LastNumber)]
    public void The_first_rule_that_finds_something_decides(string response, string answer, AnswerRule rule) =>
        Assert.Equal(new ExtractedAnswer(answer, rule), AnswerExtraction.Extract(response, AnswerExtraction.Lenient));

    [Theory]
    [InlineData("It is 7, or 8, or 9")]
    [InlineData("<think> the answer is 7 </think>")]
    [InlineData("<answer> 7")]
    [InlineData("7 </answer> <answer>")]
    [InlineData("The answer is:\n")]
    [InlineData("")]
    public void Strict_rules_find_nothing_without_a_marked_answer(string response) =>
        Assert.Null(AnswerExtraction.Extract(response, AnswerExtraction.Strict));
}
