using System.Text.Json;

namespace Cerise.Training.Verifiers;

/// <summary>Kind "format": the response is well-formed. Needs no gold answer.</summary>
/// <param name="mode">What counts as well-formed.</param>
public sealed class FormatVerifier(FormatMode mode = FormatMode.Cerise) : IVerifier
{
    /// <inheritdoc/>
    public string Kind => "format";

    /// <inheritdoc/>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns) =>
        ResponseFormat.Matches(response, mode) ? new VerifierResult(1, "well-formed") : VerifierResult.Wrong("not well-formed");
}
