namespace Cerise.Training.Verifiers;

/// <summary>A verifier cannot be made as asked, such as an unknown kind; the message says what is known.</summary>
/// <remarks>A gold answer or a response that cannot be read is no exception but a <see cref="VerifierResult"/> that says so.</remarks>
public sealed class VerifierException(string message) : Exception(message);
