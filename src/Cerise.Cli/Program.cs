using Cerise.Cli;
using Cerise.Training.Runs;

using var interruption = new Interruption();
using TextReader input = StandardStreams.OpenInput(interruption.Token);
using TextWriter output = StandardStreams.OpenOutput();
using TextWriter error = StandardStreams.OpenError();
return CommandLine.Run(args, new Terminal(input, output, error, interruption.Token) { Divert = interruption.Divert, IsScreen = !Console.IsErrorRedirected, ShowsOutput = !Console.IsOutputRedirected });
