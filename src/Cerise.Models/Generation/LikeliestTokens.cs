namespace Cerise.Models.Generation;

/// <summary>What else might have been drawn: log-probabilities of the model's own distribution at temperature 1, nats.</summary>
/// <param name="Drawn">That of the token drawn.</param>
/// <param name="Ids">The likeliest tokens, likeliest first.</param>
/// <param name="LogProbs">Theirs.</param>
public sealed record LikeliestTokens(float Drawn, IReadOnlyList<int> Ids, IReadOnlyList<float> LogProbs);
