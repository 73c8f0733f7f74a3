using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Cerise.Training.Verifiers;

/// <summary>Kind "pattern": the gold is a regular expression that occurs in the response, after thinking and without the space around it. For rates of a behaviour.</summary>
/// <remarks>Matched in linear time (<see cref="RegexOptions.NonBacktracking"/>), so without back-references and look-around.</remarks>
public sealed class PatternVerifier : IVerifier
{
    private readonly ConcurrentDictionary<string, Regex?> _patterns = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Kind => "pattern";

    /// <inheritdoc/>
    public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns)
    {
        ArgumentNullException.ThrowIfNull(gold);
        ArgumentNullException.ThrowIfNull(response);
        if (gold.Length == 0)
            return VerifierResult.Unscorable("the pattern is empty");
        if (_patterns.GetOrAdd(gold, Parse) is not { } pattern)
            return VerifierResult.Unscorable("the pattern is no regular expression without back-references and look-around");
        Match match = pattern.Match(Thinking.After(response).Trim());
        return match.Success ? VerifierResult.Right(match.Value) : VerifierResult.Wrong("the pattern does not occur");
    }

    private static Regex? Parse(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
