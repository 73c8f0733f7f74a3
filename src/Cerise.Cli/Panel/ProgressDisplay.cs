using Cerise.Training.Runs;
using Spectre.Console;

namespace Cerise.Cli.Panel;

/// <summary>Chooses how a run shows its progress.</summary>
internal static class ProgressDisplay
{
    /// <summary>The live panel on a terminal, plain lines elsewhere.</summary>
    /// <param name="console">The terminal.</param>
    /// <param name="output">Where plain lines go.</param>
    /// <param name="isPlain">Whether plain lines are asked for, as by <c>--no-progress</c>.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The sink; dispose it when it is disposable, so that the terminal is given back.</returns>
    public static IProgressSink Create(IAnsiConsole console, TextWriter output, bool isPlain, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(console);
        bool isTerminal = console.Profile.Out.IsTerminal && console.Profile.Capabilities is { Ansi: true, Interactive: true };
        return isPlain || !isTerminal ? new PlainProgress(output, time) : new LivePanel(console, time);
    }
}
