using System.Text.Json;

namespace Cerise.Training.Verifiers;

/// <summary>Kind "gsm8k": the response's final answer is the gold number, compared exactly (18, 18.0 and $18 are equal, 18.1 is not).</summary>
/// <param name="lenient">
/// False (default) for rewards: the first rule that finds an answer decides, and the answer must stand in one of the strict places. True for evaluation: a rule whose
/// finding is no number passes on to the next, and the last number counts.
/// </param>
public sealed class NumberVerifier(bool lenient = false) : IVerifier
{
    // GSM8K's mark stands before the phrases here: its solutions say "the answer is ..." of intermediate results too.
    private static readonly AnswerRule[] StrictRules =
        [AnswerRule.AnswerTag, AnswerRule.Boxed, AnswerRule.Gsm8kMarker, AnswerRule.Phrase, AnswerRule.MathSpan];

    private static readonly AnswerRule[] LenientRules = [.. StrictRules, AnswerRule.LastNumber];

    /// <inheritdoc/>
    public string Kind => "gsm8k";

    /// <inheritdoc/>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns)
    {
        if (!NumberText.TryRead(Gsm8kAnswer.Gold(gold), out Rational wanted))
            return VerifierResult.Unscorable($"the gold answer '{Excerpt.Of(gold)}' is not a number");

        VerifierResult refused = VerifierResult.Wrong("no answer found");
        foreach (AnswerRule rule in lenient ? LenientRules : StrictRules)
        {
            if (AnswerExtraction.Extract(response, rule) is not { } answer)
                continue;
            if (NumberText.TryRead(answer, out Rational value))
                return value == wanted ? VerifierResult.Right(answer, rule) : VerifierResult.Wrong($"not {wanted}", answer, rule);
            refused = VerifierResult.Wrong("the answer is not one number", answer, rule);
            if (!lenient)
                break;
        }
        return refused;
    }
}
