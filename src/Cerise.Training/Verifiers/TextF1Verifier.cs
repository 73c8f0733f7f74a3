using System.Text.Json;

namespace Cerise.Training.Verifiers;

/// <summary>Kind "text_f1": the F1 of the words that answer and gold text share, after the normalising of <see cref="TextVerifier"/> (as SQuAD scores answers).</summary>
/// <param name="lenient">True also accepts a response without a marked answer, as a whole after thinking; false (default) for rewards.</param>
public sealed class TextF1Verifier(bool lenient = false) : IVerifier
{
    /// <inheritdoc/>
    public string Kind => "text_f1";

    /// <inheritdoc/>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns)
    {
        string[] wanted = NormalizedText.Words(gold);
        if (wanted.Length == 0)
            return VerifierResult.Unscorable("the gold answer is empty");
        if (AnswerExtraction.Extract(response, NormalizedText.Rules(lenient)) is not { } answer)
            return VerifierResult.Wrong("no answer found");

        string[] given = NormalizedText.Words(answer.Text);
        var left = wanted.CountBy(word => word).ToDictionary();
        int shared = 0;
        foreach (string word in given)
        {
            if (left.TryGetValue(word, out int count) && count > 0)
            {
                left[word] = count - 1;
                shared++;
            }
        }
        double f1 = 2.0 * shared / (given.Length + wanted.Length);         // 2PR / (P + R), P = shared / given, R = shared / wanted
        return new VerifierResult(f1, $"{shared} shared words", answer.Text, answer.Rule);
    }
}
