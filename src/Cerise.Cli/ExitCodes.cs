namespace Cerise.Cli;

/// <summary>What a verb's end tells the shell.</summary>
internal static class ExitCodes
{
    /// <summary>The verb did what was asked, or its reader went away (<c>| head</c>).</summary>
    public const int Done = 0;

    /// <summary>Bad data, a damaged or missing file, a full disk.</summary>
    public const int Failed = 1;

    /// <summary>An unknown verb or flag, or a value out of range.</summary>
    public const int Misuse = 2;

    /// <summary>Ended by Ctrl-C, as shells expect it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
