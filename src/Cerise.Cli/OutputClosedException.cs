namespace Cerise.Cli;

/// <summary>Whoever read the output went away, as <c>head</c> does when it has seen enough: the verb ends quietly.</summary>
internal sealed class OutputClosedException(IOException cause) : Exception("the reader of the output went away", cause);
