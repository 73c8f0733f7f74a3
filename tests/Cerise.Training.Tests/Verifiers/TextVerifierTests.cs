using System.Text.Json;
using Cerise.Testing;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class TextVerifierTests
{
    [Fact]
    public void Published_cases_of_text_and_number_verifiers_agree()
    {
        var verifiers = new Dictionary<string, IVerifier>
        {
            ["PuzzleMatcherVerifier"] = new TextVerifier(lenient: true),
            ["F1Verifier"] = new TextF1Verifier(lenient: true),
            ["GSM8KVerifier"] = new NumberVerifier(lenient: true),
            ["final_number_exact_match"] = new NumberVerifier(lenient: true),
            ["exact_match"] = new TextVerifier(lenient: true),
        };
        int rows = 0;
        foreach (string line in File.ReadLines(TestPaths.SharedData("math_verification/text_verifiers.jsonl")))
        {
            using var row = JsonDocument.Parse(line);
            JsonElement root = row.RootElement;
            // exact_match_indicator compares last words, which is none of our kinds.
            if (!verifiers.TryGetValue(root.GetProperty("function").GetString()!, out IVerifier? verifier))
                continue;
            string[] labels = root.GetProperty("label") is { ValueKind: JsonValueKind.Array } several
                ? [.. several.EnumerateArray().Select(label => label.GetString()!)]
                : [root.GetProperty("label").GetString()!];
            double best = labels.Max(label => verifier.Verify(label, root.GetProperty("prediction").GetString()!, NoColumns.Value).Score)!.Value;
            Assert.True(Math.Abs(best - root.GetProperty("score").GetDouble()) < 1e-5, $"{line} scored {best}");
            rows++;
        }
        Assert.Equal(30, rows);
    }

    [Fact]
    public void Strict_text_wants_a_marked_answer()
    {
        Assert.Equal(0, new TextVerifier().Verify("Paris", "Paris", NoColumns.Value).Score);
        Assert.Equal(1, new TextVerifier().Verify("Paris", "<answer>the Paris!</answer>", NoColumns.Value).Score);
        Assert.Null(new TextVerifier().Verify("the", "<answer>Paris</answer>", NoColumns.Value).Score);
        Assert.Null(new TextF1Verifier().Verify("", "<answer>Paris</answer>", NoColumns.Value).Score);
    }
}
