namespace Cerise.Cli;

/// <summary>A verb cannot go on: exit 1. The message says what, where and how to fix it.</summary>
internal sealed class CommandException(string message, Exception? cause = null) : Exception(message, cause);
