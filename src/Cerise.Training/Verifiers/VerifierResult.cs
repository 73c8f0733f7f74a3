namespace Cerise.Training.Verifiers;

/// <summary>What a verifier found in one response.</summary>
/// <param name="Score">In [0, 1], 1 = right; null where the gold answer cannot be read, so that the row is left out instead of counted as wrong.</param>
/// <param name="Reason">Why, in a few words, for samples and debugging.</param>
/// <param name="Extracted">The answer read from the response; null if none was found.</param>
/// <param name="Rule">The extraction rule that fired; null if none did or none was needed.</param>
public readonly record struct VerifierResult(double? Score, string Reason, string? Extracted = null, AnswerRule? Rule = null)
{
    /// <summary>A right answer.</summary>
    public static VerifierResult Right(string? extracted = null, AnswerRule? rule = null) => new(1, "equal", extracted, rule);

    /// <summary>A wrong or missing answer.</summary>
    public static VerifierResult Wrong(string reason, string? extracted = null, AnswerRule? rule = null) => new(0, reason, extracted, rule);

    /// <summary>The gold answer cannot be read, so the response cannot be judged.</summary>
    public static VerifierResult Unscorable(string reason) => new(null, reason);
}
