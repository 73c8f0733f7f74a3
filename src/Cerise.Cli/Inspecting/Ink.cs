using Spectre.Console;

namespace Cerise.Cli.Inspecting;

/// <summary>Writes text that is to stand out: in colour on a terminal, between marks elsewhere.</summary>
internal sealed class Ink
{
    /// <summary>What stands around trained text where there is no colour.</summary>
    public const string Open = "⟦", Close = "⟧";

    private static readonly Style TrainedStyle = new(Color.Black, Color.Green), QuietStyle = new(Color.Grey), StrongStyle = new(decoration: Decoration.Bold),
        GoodStyle = new(Color.Green), WarningStyle = new(Color.Yellow), BadStyle = new(Color.Red);

    private readonly TextWriter _output;
    private readonly IAnsiConsole? _console;

    /// <param name="output">Where to.</param>
    /// <param name="inColour">Whether the reader shows ANSI colours.</param>
    public Ink(TextWriter output, bool inColour)
    {
        _output = output;
        if (!inColour)
            return;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        _console.Profile.Width = 1 << 20;                                  // the terminal itself breaks lines, so that copied text stays whole
    }

    /// <summary>Whether a writer leads to a terminal that shows colours.</summary>
    public static bool ShowsColour(TextWriter output)
        => output is StreamWriter && AnsiConsole.Console.Profile is { Out.IsTerminal: true, Capabilities: { Ansi: true, ColorSystem: not ColorSystem.NoColors } };

    /// <summary>Writes text as it is.</summary>
    public Ink Plain(string text)
    {
        _output.Write(Safe(text));
        return this;
    }

    /// <summary>Writes text that is trained; it may not go over several lines.</summary>
    public Ink Trained(string text) => _console is null ? Plain(Open + text + Close) : Styled(text, TrainedStyle);

    /// <summary>Writes what is said beside the text.</summary>
    public Ink Quiet(string text) => Styled(text, QuietStyle);

    /// <summary>Writes a heading.</summary>
    public Ink Strong(string text) => Styled(text, StrongStyle);

    /// <summary>Writes good news.</summary>
    public Ink Good(string text) => Styled(text, GoodStyle);

    /// <summary>Writes what is worth a look.</summary>
    public Ink Warning(string text) => Styled(text, WarningStyle);

    /// <summary>Writes what is wrong.</summary>
    public Ink Bad(string text) => Styled(text, BadStyle);

    /// <summary>Ends the line.</summary>
    public void Line() => _output.Write('\n');

    /// <summary>Whatever is written stays on its line.</summary>
    private static string Safe(string text) => TerminalText.Safe(text).Replace('\n', '↵');

    private Ink Styled(string text, Style style)
    {
        if (_console is null || text.Length == 0)
            return Plain(text);
        _console.Write(new Text(Safe(text), style));
        return this;
    }
}
