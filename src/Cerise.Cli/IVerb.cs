using System.CommandLine;

namespace Cerise.Cli;

/// <summary>One verb of the command line.</summary>
internal interface IVerb
{
    /// <summary>Name, flags and help.</summary>
    public Command Command { get; }

    /// <summary>What the flags' own lines cannot say, shown before the example; empty for nothing.</summary>
    public string Notes => "";

    /// <summary>
    /// A command that works, shown at the end of the help: from the repository's root, after the examples of the verbs listed before.
    /// </summary>
    public string Example { get; }

    /// <summary>Does what was asked.</summary>
    /// <param name="flags">What was given.</param>
    /// <param name="terminal">Where from and where to.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public int Run(ParseResult flags, Terminal terminal);
}
