namespace Cerise.Models.Generation;

/// <summary>One token of a <see cref="GenerationStream"/>.</summary>
/// <param name="Sample">Which completion, from 0.</param>
/// <param name="Id">The token.</param>
/// <param name="LogProb">As recorded while sampling: untruncated distribution at the sampling temperature, nats.</param>
/// <param name="Finish">Why the completion ends with it; null where it goes on.</param>
/// <param name="Likeliest">The likeliest tokens at its place; null where <see cref="SamplingOptions.TopLogProbs"/> asks for none.</param>
public readonly record struct DrawnToken(int Sample, int Id, float LogProb, FinishReason? Finish, LikeliestTokens? Likeliest);
