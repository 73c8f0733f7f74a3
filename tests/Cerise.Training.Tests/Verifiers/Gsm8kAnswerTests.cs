using System.Text.Json;
using Cerise.Testing;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class Gsm8kAnswerTests
{
    [Theory]
    [InlineData("#### 1,234", "1234", "1234")]
    [InlineData("#### -5.", "-5", "-5")]
    [InlineData("#### 3.50 dollars", "3.50", "3.50")]
    [InlineData("The answer is 7", null, "7")]
    [InlineData("#### $12", null, "12")]
    public void V125_strict_and_last_number(string text, string? strict, string? last)
    {
        Assert.Equal(strict, Gsm8kAnswer.Strict(text));
        Assert.Equal(last, NumberText.Last(text));
    }

    [Fact]
    public void Every_gold_answer_of_the_dataset_is_a_number_that_verifies_itself()
    {
        var verifier = new NumberVerifier();
        foreach (string file in new[] { "gsm8k/train.jsonl", "gsm8k/test_first300.jsonl" })
        {
            foreach (string line in File.ReadLines(TestPaths.SharedData(file)))
            {
                using var row = JsonDocument.Parse(line);
                string answer = row.RootElement.GetProperty("answer").GetString()!;
                VerifierResult result = verifier.Verify(answer, answer, NoColumns.Value);
                Assert.True(result is { Score: 1, Rule: AnswerRule.Gsm8kMarker }, $"{result.Reason}: {answer}");
            }
        }
    }

    [Fact]
    public void Published_model_solutions_get_the_published_verdicts()
    {
        var verifier = new NumberVerifier(lenient: true);
        int rows = 0;
        var disagreements = new List<string>();
        foreach (string line in File.ReadLines(TestPaths.SharedData("gsm8k/gsm8k_model_solutions.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            JsonElement root = row.RootElement;
            VerifierResult result = verifier.Verify(root.GetProperty("gold").GetString()!, root.GetProperty("response").GetString()!, NoColumns.Value);
            if (result.Score == 1 != root.GetProperty("equal").GetBoolean())
                disagreements.Add($"{root.GetProperty("id")}: {result}");
            rows++;
        }
        Assert.Equal(1200, rows);
        Assert.Empty(disagreements);
    }
}
