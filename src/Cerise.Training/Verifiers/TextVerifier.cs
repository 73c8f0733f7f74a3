using System.Text.Json;

namespace Cerise.Training.Verifiers;

/// <summary>Kind "text": the answer and the gold text are equal after normalising: lower case, no punctuation, no articles, single spaces.</summary>
/// <param name="lenient">True also accepts a response without a marked answer, as a whole after thinking; false (default) for rewards.</param>
public sealed class TextVerifier(bool lenient = false) : IVerifier
{
    /// <inheritdoc/>
    public string Kind => "text";

    /// <inheritdoc/>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns)
    {
        string wanted = NormalizedText.Of(gold);
        if (wanted.Length == 0)
            return VerifierResult.Unscorable("the gold answer is empty");
        if (AnswerExtraction.Extract(response, NormalizedText.Rules(lenient)) is not { } answer)
            return VerifierResult.Wrong("no answer found");
        return NormalizedText.Of(answer.Text) == wanted
            ? VerifierResult.Right(answer.Text, answer.Rule)
            : VerifierResult.Wrong("another text", answer.Text, answer.Rule);
    }
}
