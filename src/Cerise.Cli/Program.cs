using Cerise.Cli;
using Cerise.Training.Runs;

using TextWriter error = StandardStreams.OpenError();
using var interruption = new Interruption(onSecond: () => error.WriteLine("cerise: ended at once by a second signal."));
using TextReader input = StandardStreams.OpenInput(interruption.Token);
using TextWriter output = StandardStreams.OpenOutput();
return CommandLine.Run(args, new Terminal(input, output, error, interruption.Token)
{
    Divert = interruption.Divert,
    Announce = interruption.Announce,
    IsScreen = !Console.IsErrorRedirected,
    ShowsOutput = !Console.IsOutputRedirected,
});
