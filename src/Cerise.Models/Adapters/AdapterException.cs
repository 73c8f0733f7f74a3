namespace Cerise.Models.Adapters;

/// <summary>An adapter does not fit its model: says what does not and how to make it.</summary>
/// <param name="message">What is wrong, and how to fix it.</param>
/// <param name="innerException">The cause.</param>
public sealed class AdapterException(string message, Exception? innerException = null) : Exception(message, innerException);
