using System.Text.Json;

namespace Cerise.Training.Verifiers;

/// <summary>Checks a response against a gold answer by rule. Pure: the same input gives the same result on any thread.</summary>
public interface IVerifier
{
    /// <summary>The name recipes and the verb <c>verify</c> use, such as "gsm8k".</summary>
    public string Kind { get; }

    /// <summary>Judges one response.</summary>
    /// <param name="gold">The dataset's answer; may be empty where the kind needs none.</param>
    /// <param name="response">A whole response, thinking included, or a bare answer.</param>
    /// <param name="columns">The dataset row's further columns, such as <c>numbers</c> and <c>target</c>.</param>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns);
}
