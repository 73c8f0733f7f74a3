using System.CommandLine;
using System.Net.Sockets;
using Cerise.Models.Generation;
using Cerise.Studio;
using Cerise.Tensors;

namespace Cerise.Cli.Verbs;

/// <summary><c>serve</c>: an OpenAI-compatible server for a model.</summary>
internal sealed class ServeVerb : IVerb
{
    /// <summary>The environment variable that holds the API key, so that it need not stand in the list of processes.</summary>
    public const string KeyVariable = "CERISE_API_KEY";

    private static readonly ServerOptions Usual = new();
    private static readonly GenerationServiceOptions UsualService = new();

    private readonly Option<string> _model = Flag.Text("--model", "DIR", "the model's Hugging Face folder", required: true);
    private readonly Option<string> _adapter = AdapterFlag.OfModel();
    private readonly Option<string> _name = Flag.Text("--model-name", "NAME", "name by which clients ask for the model (default: the folder's)");
    private readonly Option<string> _template = Flag.Text("--chat-template", "FILE", "a chat template instead of the folder's own");
    private readonly Option<string> _host = Flag.Text("--host", "ADDRESS", $"address to listen on: an IP address, localhost, or * for all (default: {Usual.Host})");
    private readonly Option<int?> _port = Flag.Integer("--port", "N", $"port to listen on; 0 takes a free one (default: {Usual.Port})", 0, 65535);
    private readonly Option<string> _key = Flag.Text("--api-key", "KEY", $"key that clients must send (default: the environment variable {KeyVariable}, else none)");
    private readonly Option<int?> _batch = Flag.Integer("--max-batch-size", "N", $"most completions sampled at once (default: {UsualService.MaxBatchSize})");
    private readonly Option<int?> _queue = Flag.Integer("--max-queue", "N", $"most requests that wait; more are refused (default: {UsualService.MaxQueue})");
    private readonly Option<double?> _timeout = Flag.Number(
        "--request-timeout", "SECONDS", $"most time for an answer; 0 for no limit (default: {Usual.RequestTimeout!.Value.TotalSeconds})", s => s is >= 0 and <= 1e6, "in [0, 1000000]");
    private readonly Option<long?> _body = Flag.Long("--max-body-bytes", "N", $"most bytes of a request (default: {Usual.MaxBodyBytes})");
    private readonly Option<int?> _context = Flag.Integer("--context-length", "N", "most tokens of prompt and answer together (default: the model's)", 2);
    private readonly Option<string> _dtype = DTypeFlag.OfWeights();

    public ServeVerb() => Command = new Command(
        "serve", "Serves a model over HTTP as OpenAI's API has it: chat completions, completions, models, health, metrics.")
    { _model, _adapter, _name, _template, _host, _port, _key, _batch, _queue, _timeout, _body, _context, _dtype };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => """
        Ctrl-C or SIGTERM drains: new requests are refused, answers under way are finished, then the program ends. A second
        one ends it at once. Clients: set the base URL to http://127.0.0.1:8000/v1. docs/how-to/serve-a-model.md has examples.
        """;

    /// <inheritdoc/>
    public string Example => "./cerise serve --model my-model";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        ServerOptions options = Options(flags, terminal);
        using Device device = CommonOptions.OpenDevice(flags);
        GenerationServiceOptions service = new()
        {
            MaxBatchSize = flags.GetValue(_batch) ?? UsualService.MaxBatchSize,
            MaxQueue = flags.GetValue(_queue) ?? UsualService.MaxQueue,
        };
        var folder = LoadedModel.Load(flags.GetRequiredValue(_model), device, DTypeFlag.OfWeights(flags, _dtype), flags.GetValue(_adapter), flags.GetValue(_context));
        using var chat = LocalChat.Start(folder, service, flags.GetValue(_name), flags.GetValue(_template));
        Serve(chat.Model, options, terminal).GetAwaiter().GetResult();
        return ExitCodes.Done;
    }

    private static async Task Serve(ServedModel model, ServerOptions options, Terminal terminal)
    {
        StudioServer server;
        try
        {
            server = await StudioServer.Start(model, options).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new CommandException($"cannot listen on {options.Host}, port {options.Port}: {error.Message.TrimEnd('.')}. Choose another --port or --host.", error);
        }
        await using (server.ConfigureAwait(false))
        {
            terminal.Error.WriteLine($"serve: {model.Name} at {server.Address}v1{(model.HasTemplate ? "" : "; no chat template, so chats are written as plain turns")}");
            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using (terminal.Cancellation.Register(stop.SetResult))
                await stop.Task.ConfigureAwait(false);
            await server.Drain().ConfigureAwait(false);
        }
    }

    private ServerOptions Options(ParseResult flags, Terminal terminal)
    {
        if (flags.GetValue(_name) is { } name && string.IsNullOrWhiteSpace(name))
            throw new MisuseException("serve: --model-name is blank; give a name, or leave it out for the folder's. See './cerise serve --help'.");
        double? timeout = flags.GetValue(_timeout);
        string? fromEnvironment = Environment.GetEnvironmentVariable(KeyVariable);
        ServerOptions options = new()
        {
            Host = flags.GetValue(_host) ?? Usual.Host,
            Port = flags.GetValue(_port) ?? Usual.Port,
            ApiKey = flags.GetValue(_key) ?? (string.IsNullOrEmpty(fromEnvironment) ? null : fromEnvironment),
            MaxBodyBytes = flags.GetValue(_body) ?? Usual.MaxBodyBytes,
            RequestTimeout = timeout switch { null => Usual.RequestTimeout, 0 => null, double seconds => TimeSpan.FromSeconds(seconds) },
            Log = terminal.Error,
        };
        string faults = string.Join("; ", options.Faults());
        return faults.Length == 0 ? options : throw new MisuseException($"serve: {faults}. See './cerise serve --help'.");
    }
}
