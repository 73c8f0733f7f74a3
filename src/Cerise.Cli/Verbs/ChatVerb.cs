using System.CommandLine;
using Cerise.Models.Generation;
using Cerise.Studio;
using Cerise.Tensors;

namespace Cerise.Cli.Verbs;

/// <summary><c>chat</c>: talks with a model in the terminal.</summary>
internal sealed class ChatVerb : IVerb
{
    /// <summary>Tokens of an answer where nothing is said and no template tells the model where it ends.</summary>
    private const int PlainMaxNewTokens = 256;

    private readonly Option<string> _model = Flag.Text("--model", "DIR", "the model's Hugging Face folder", required: true);
    private readonly Option<string> _adapter = AdapterFlag.OfModel();
    private readonly Option<string> _system = Flag.Text("--system", "TEXT", "the system prompt (default: none, or the template's own)");
    private readonly Option<string> _template = Flag.Text("--chat-template", "FILE", "a chat template instead of the folder's own");
    private readonly Option<string> _dtype = DTypeFlag.OfWeights();
    private readonly Option<int?> _context = ContextFlag.New();
    private readonly SamplingFlags _sampling = new();

    public ChatVerb()
    {
        Command = new Command("chat", "Talks with a model: reads lines, answers each. /reset forgets the conversation, /exit ends it.") { _model, _adapter, _system, _template, _dtype, _context };
        _sampling.AddTo(Command);
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => $"""
        The conversation is written as the model's chat template has it; without one as plain "User: ..." and "Assistant: ..."
        in turn. The oldest turns are forgotten where the context ends. What a model thinks before it answers is folded into
        one line. Ctrl-C stops an answer, and ends the program where none is under way. Commands:
        {ChatTalk.Commands}
        """;

    /// <inheritdoc/>
    public string Example => "printf 'Hello\\n/exit\\n' | ./cerise chat --model my-model --max-new-tokens 20";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        using Device device = CommonOptions.OpenDevice(flags);
        var folder = LoadedModel.Load(flags.GetRequiredValue(_model), device, DTypeFlag.OfWeights(flags, _dtype), flags.GetValue(_adapter), flags.GetValue(_context));
        using var chat = LocalChat.Start(folder, new GenerationServiceOptions { MaxBatchSize = 1 }, template: flags.GetValue(_template));
        var settings = _sampling.Settings(flags, chat.Model.Defaults with
        {
            MaxNewTokens = folder.Generation?.MaxNewTokens ?? (chat.Model.HasTemplate ? null : PlainMaxNewTokens),
        });
        using var client = new EngineChatClient(chat.Model.With(settings));
        var talk = new ChatTalk(client, chat.Model.Engine.ContextLength, terminal)
        {
            SystemPrompt = flags.GetValue(_system),
            Stops = _sampling.StopsOf(flags),
            Seed = _sampling.SeedOf(flags),
        };
        terminal.Error.WriteLine("Type a line; /reset forgets the conversation, /exit ends it, /help lists what else there is.");
        while (true)
        {
            terminal.Error.Write("> ");
            string? line = terminal.Input.ReadLine();
            if (line is null || (line = Typed(line)).Trim() == "/exit")
                return ExitCodes.Done;
            if (line.StartsWith('/'))
                talk.Command(line);
            else if (line.Length > 0)
                talk.Say(line);
        }
    }

    // A key that the terminal does not know leaves a control character that nobody sees, before a command as well.
    private static string Typed(string line) => string.Concat(line.Where(c => c == '\t' || !char.IsControl(c)));
}
