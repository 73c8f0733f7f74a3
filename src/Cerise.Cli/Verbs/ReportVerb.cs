using System.CommandLine;
using Cerise.Training.Runs.Reports;

namespace Cerise.Cli.Verbs;

/// <summary><c>report</c>: makes report.html of a run.</summary>
internal sealed class ReportVerb : IVerb
{
    private readonly Argument<string> _run = new("RUN_DIR") { Description = "the folder that './cerise run' made" };

    public ReportVerb() => Command = new Command(
        "report", "Makes report.html of a run, finished or under way: one file with tables, curves and samples. Prints its path.")
    { _run };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise report runs/smoke";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string folder = flags.GetRequiredValue(_run);
        if (!Directory.Exists(folder))
            throw new CommandException($"{folder}: no such folder. Name the folder that './cerise run' made, such as runs/NAME.");
        terminal.Output.WriteLine(ReportWriter.Write(folder));
        return ExitCodes.Done;
    }
}
