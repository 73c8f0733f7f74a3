using System.CommandLine;
using Cerise.Cli.Panel;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Stages;
using Spectre.Console;

namespace Cerise.Cli;

/// <summary>The flags of verbs that make a run, and the run itself.</summary>
internal sealed class RunFlags
{
    private readonly Option<string> _out = Flag.Text("--out", "DIR", "the run's folder (default: runs/NAME)");
    private readonly Option<bool> _resume = Flag.Switch("--resume", "go on with the run the folder holds");
    private readonly Option<bool> _dryRun = Flag.Switch("--dry-run", "print the resolved recipe and what it will need, and stop");
    private readonly Option<bool> _noProgress = Flag.Switch("--no-progress", "print plain lines instead of the live panel");

    /// <summary>Gives a verb these flags.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_out, _resume, _dryRun, _noProgress])
            command.Options.Add(option);
    }

    /// <summary>Runs a recipe, and prints what came of it.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public int Execute(RecipeDocument recipe, ParseResult flags, Terminal terminal)
    {
        string folder = flags.GetValue(_out) ?? Path.Combine("runs", recipe.Name);
        if (flags.GetValue(_dryRun))
        {
            DryRun.Print(recipe, folder, terminal.Output);
            return ExitCodes.Done;
        }
        using Device device = CommonOptions.OpenDevice(flags);
        RunEnvironment environment = RunEnvironment.Collect(Simd.Best.ToString(), CommonOptions.ThreadsOf(flags), TimeProvider.System);
        IProgressSink progress = ProgressDisplay.Create(AnsiConsole.Console, terminal.Output, flags.GetValue(_noProgress), TimeProvider.System);
        using IDisposable? notices = terminal.Announce(
            () => progress.Message("stopping: the steps that are done are saved first; a second signal ends the program at once"),
            () =>
            {
                (progress as IDisposable)?.Dispose();
                terminal.Error.WriteLine($"cerise: ended at once by a second signal. {Kept(folder)}");
            });
        long began = TimeProvider.System.GetTimestamp();
        try
        {
            new RecipeRunner(device, new RewardRegistry(), progress, TimeProvider.System)
                .Run(recipe, folder, environment, flags.GetValue(_resume), terminal.Cancellation);
        }
        catch (OperationCanceledException)
        {
            (progress as IDisposable)?.Dispose();
            terminal.Error.WriteLine($"cerise: stopped and saved. The same command with --resume goes on.");
            return ExitCodes.Interrupted;
        }
        finally
        {
            (progress as IDisposable)?.Dispose();
        }
        RunSummary.Print(folder, TimeProvider.System.GetElapsedTime(began), terminal.Output);
        return ExitCodes.Done;
    }

    private static string Kept(string folder)
    {
        try
        {
            return $"Kept: {RunProgress.Read(folder).Kept()}; what came after it is lost. The same command with --resume goes on from there.";
        }
        catch (RunException)
        {
            return "What was saved before is kept.";
        }
    }
}
