using System.CommandLine;
using System.Text;
using Cerise.Data;
using Cerise.Data.Inference;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Cli.Verbs;

/// <summary><c>chat</c>: talks with a model in the terminal.</summary>
internal sealed class ChatVerb : IVerb
{
    private const string UserTurn = "User:";
    private const string AssistantTurn = "Assistant:";

    private readonly Option<string> _model = Flag.Text("--model", "DIR", "the model's Hugging Face folder", required: true);
    private readonly Option<string> _adapter = AdapterFlag.OfModel();
    private readonly Option<string> _dtype = DTypeFlag.OfWeights();
    private readonly Option<int?> _context = ContextFlag.New();
    private readonly SamplingFlags _sampling = new();

    public ChatVerb()
    {
        Command = new Command("chat", "Talks with a model: reads lines, answers each. /reset forgets the conversation, /exit ends it.") { _model, _adapter, _dtype, _context };
        _sampling.AddTo(Command);
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => """
        The model sees plain text, "User: ..." and "Assistant: ..." in turn. The oldest turns are forgotten where the
        context ends.
        """;

    /// <inheritdoc/>
    public string Example => "printf 'Hello\\n/exit\\n' | ./cerise chat --model my-model --max-new-tokens 20";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        using Device device = CommonOptions.OpenDevice(flags);
        using var folder = LoadedModel.Load(flags.GetRequiredValue(_model), device, DTypeFlag.OfWeights(flags, _dtype), flags.GetValue(_adapter), flags.GetValue(_context));
        SamplingOptions options = _sampling.Options(flags, folder, $"\n{UserTurn}");
        Seed seed = Seed.From(_sampling.SeedOf(flags));
        List<(string User, string Assistant)> turns = [];
        terminal.Error.WriteLine("Type a line; /reset forgets the conversation, /exit ends it.");
        for (int number = 0; ; number++)
        {
            terminal.Error.Write("> ");
            string? line = terminal.Input.ReadLine();
            if (line is null or "/exit")
                break;
            if (line == "/reset")
                turns.Clear();
            else if (line.Length > 0)
                turns.Add((line, Answer(folder, options, seed.Fork(number), turns, line, terminal)));
        }
        return ExitCodes.Done;
    }

    private static string Answer(
        LoadedModel folder, SamplingOptions options, Seed seed, List<(string User, string Assistant)> turns, string line, Terminal terminal)
    {
        int[] prompt = Prompt(folder, turns, line);
        TextStream text = folder.Tokenizer.OpenTextStream(skipSpecialTokens: true);
        var shown = new TextBeforeStop([$"\n{UserTurn}"]);
        var answer = new StringBuilder();
        void Show(string piece)
        {
            // The answer begins after the space that separates it from "Assistant:".
            piece = answer.Length == 0 ? piece.TrimStart() : piece;
            answer.Append(piece);
            terminal.Output.Write(piece);
            terminal.Output.Flush();
        }

        GenerationRequest request = new(prompt, 1, seed);
        using var generator = new Generator(folder.Model);
        generator.Generate(
            [request], options, drawn: (_, _, id) => Show(shown.Append(text.Append(id))), cancellation: terminal.Cancellation);
        Show(shown.Append(text.Flush()) + shown.Flush());
        terminal.Output.WriteLine();
        terminal.Output.Flush();
        return answer.ToString();
    }

    // The oldest turns are forgotten until a quarter of the context is left for the answer.
    private static int[] Prompt(LoadedModel folder, List<(string User, string Assistant)> turns, string line)
    {
        int room = folder.Model.ContextLength - (folder.Model.ContextLength / 4);
        while (true)
        {
            string history = string.Concat(turns.Select(turn => $"{UserTurn} {turn.User}\n{AssistantTurn} {turn.Assistant}\n"));
            int[] ids = folder.Tokenizer.Encode($"{history}{UserTurn} {line}\n{AssistantTurn}");
            if (ids.Length <= room)
                return ids;
            if (turns.Count == 0)
                throw new CommandException(
                    $"the line has {ids.Length} tokens, and the model's context of {folder.Model.ContextLength} leaves {room}. Say it shorter.");
            turns.RemoveAt(0);
        }
    }
}
