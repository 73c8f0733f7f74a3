namespace Cerise.Cli;

/// <summary>What a verb reads from and writes to.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Results. Flushed by whoever writes a complete line, so that a reader behind a pipe sees it.</param>
/// <param name="Error">Everything that is no result.</param>
/// <param name="Cancellation">Ctrl-C: look at it between two rows, tokens or steps.</param>
internal sealed record Terminal(TextReader Input, TextWriter Output, TextWriter Error, CancellationToken Cancellation)
{
    /// <summary>Has Ctrl-C do something else, until what it returns is disposed. Does nothing where there is no Ctrl-C.</summary>
    public Func<Action, IDisposable?> Divert { get; init; } = _ => null;

    /// <summary>Has other things said at the first signal to stop, and at the second, until what it returns is disposed. Does nothing where there are no signals.</summary>
    public Func<Action, Action, IDisposable?> Announce { get; init; } = (_, _) => null;

    /// <summary>Whether <see cref="Error"/> is a screen, whose last line can be written again.</summary>
    public bool IsScreen { get; init; }

    /// <summary>Whether <see cref="Output"/> is a screen, which control characters would do things to.</summary>
    public bool ShowsOutput { get; init; }
}
