using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Cerise.Cli.Verbs;

namespace Cerise.Cli;

/// <summary>The command line: its verbs, its help, and the one place where errors end.</summary>
internal static class CommandLine
{
    private const int HelpWidth = 110;

    /// <summary>All verbs, in the order of the help; each example works after those before it.</summary>
    public static IReadOnlyList<IVerb> NewVerbs() =>
    [
        new RunVerb(),
        new TrainTokenizerVerb(),
        new InitModelVerb(),
        new GenerateVerb(),
        new ChatVerb(),
        new ServeVerb(),
        new ScoreVerb(),
        new TokenizeVerb(),
        new RenderVerb(),
        new VerifyVerb(),
        new StageVerb(
            "pretrain", "Pre-trains a model on plain text.",
            "./cerise pretrain --tokenizer my-tokenizer --data runs/smoke/stages/task/corpus.jsonl --max_steps 20 --out runs/base"),
        new StageVerb(
            "sft", "Fine-tunes a model on conversations, or on prompts and completions.",
            "./cerise sft --model my-model --data examples.jsonl --use_peft --learning_rate 1e-4 --out runs/sft"),
        new StageVerb(
            "grpo", "Reinforces what rewards score well, comparing completions of the same prompt.",
            "./cerise grpo --model runs/smoke/model --data runs/smoke/stages/task/prompts.jsonl --rewards '[{name: accuracy}]' --out runs/grpo"),
        new MergeVerb(),
        new EvalVerb(),
        new InspectVerb(),
        new ReportVerb(),
        new BenchVerb(),
        new EnvVerb(),
    ];

    /// <summary>Runs one command.</summary>
    /// <param name="args">Verb and flags.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives errors and notes.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation = default) =>
        Run(args, new Terminal(input, output, error, cancellation));

    /// <summary>Runs one command.</summary>
    /// <param name="args">Verb and flags.</param>
    /// <param name="terminal">Where from and where to.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static int Run(string[] args, Terminal terminal)
    {
        (TextWriter output, TextWriter error) = (terminal.Output, terminal.Error);
        try
        {
            // Response files are off: a prompt may begin with '@'.
            var parser = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
            ParseResult parse = Root(terminal).Parse(HelpFirst(args), parser);
            if (parse.Action is ParseErrorAction)
                throw new MisuseException(args.Length == 0 ? "no verb given. See './cerise --help'." : Misuse.Explain(parse));
            var streams = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            int code = parse.Invoke(streams);
            output.Flush();
            return code;
        }
        catch (Exception exception)
        {
            return Failure.Report(exception, error);
        }
    }

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Cerise post-trains language models: from a base model to a reasoning model, in one process.");
        CommonOptions.AddTo(root);
        IReadOnlyList<IVerb> verbs = NewVerbs();
        foreach (IVerb verb in verbs)
        {
            verb.Command.SetAction(flags => verb.Run(flags, terminal));
            root.Subcommands.Add(verb.Command);
        }
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
            help.Action = new HelpWithExample((HelpAction)help.Action!, verbs);
        return root;
    }

    // 'cerise help verb' and 'cerise help' are what people type when they do not know '--help'.
    private static string[] HelpFirst(string[] args) => args is ["help", ..] ? [.. args[1..], "--help"] : args;

    private sealed class HelpWithExample : SynchronousCommandLineAction
    {
        private readonly HelpAction _help;
        private readonly IReadOnlyList<IVerb> _verbs;

        public HelpWithExample(HelpAction help, IReadOnlyList<IVerb> verbs)
        {
            _help = help;
            _help.MaxWidth = HelpWidth;
            _verbs = verbs;
        }

        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int code = _help.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            IVerb? verb = _verbs.FirstOrDefault(verb => verb.Command.Name == parseResult.CommandResult.Command.Name);
            if (verb is { Notes.Length: > 0 })
                output.WriteLine($"{verb.Notes}\n");
            output.WriteLine($"Example:\n  {verb?.Example ?? "./cerise run recipes/r1-zero.yaml"}");
            return code;
        }
    }
}
