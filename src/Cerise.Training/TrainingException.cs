namespace Cerise.Training;

/// <summary>A run cannot go on, or must not begin: its settings, data or numbers are wrong. The message says what, where and how to fix it.</summary>
public sealed class TrainingException(string message, Exception? inner = null) : Exception(message, inner);
