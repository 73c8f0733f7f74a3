namespace Cerise.Cli;

/// <summary>A command line that asks for something impossible: exit 2. The message says what and how to fix it.</summary>
internal sealed class MisuseException(string message) : Exception(message);
