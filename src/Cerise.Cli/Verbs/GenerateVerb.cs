using System.CommandLine;
using Cerise.Data.Datasets;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Cli.Verbs;

/// <summary><c>generate</c>: samples completions of prompts.</summary>
internal sealed class GenerateVerb : IVerb
{
    private const int PromptsAtOnce = 256;

    private readonly Option<string> _model = Flag.Text("--model", "DIR", "the model's Hugging Face folder", required: true);
    private readonly Option<string> _adapter = AdapterFlag.OfModel();
    private readonly Option<string> _dtype = DTypeFlag.OfWeights();
    private readonly Option<int?> _context = ContextFlag.New();
    private readonly Option<string> _prompt = Flag.Text("--prompt", "TEXT", "what to complete");
    private readonly Option<string> _input = Flag.Text(
        "--input", "FILE.jsonl", "rows {\"prompt\"} or {\"ids\"} to complete; '-' reads standard input");
    private readonly Option<int?> _samples = Flag.Integer("--n", "N", "completions of each prompt (default: 1)", 1, 1_000_000);
    private readonly Option<bool> _json = Flag.Switch("--json", "print one JSON object a completion: prompt_ids, ids, text, logprobs, finish_reason");
    private readonly SamplingFlags _sampling = new();

    public GenerateVerb()
    {
        Command = new Command(
            "generate", "Samples completions. Each depends on seed, prompt and sample index alone, never on what else is sampled beside it.")
        { _model, _prompt, _input, _samples, _adapter, _dtype, _context, _json };
        _sampling.AddTo(Command);
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise generate --model my-model --prompt \"Once upon a time\" --max-new-tokens 20 --seed 1";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string? prompt = flags.GetValue(_prompt), input = flags.GetValue(_input);
        if (prompt is null == input is null)
            throw new MisuseException("generate: give either --prompt TEXT or --input FILE.jsonl. See './cerise generate --help'.");
        using Device device = CommonOptions.OpenDevice(flags);
        using var folder = LoadedModel.Load(flags.GetRequiredValue(_model), device, DTypeFlag.OfWeights(flags, _dtype), flags.GetValue(_adapter), flags.GetValue(_context));
        SamplingOptions options = _sampling.Options(flags, folder);
        bool json = flags.GetValue(_json);
        var output = new CompletionOutput(folder.HasTokenizer || !json ? folder.Tokenizer : null, terminal.Output, json);
        IEnumerable<int[]> prompts = prompt is not null
            ? [Fitting(folder, folder.Encode(prompt, isPrompt: true, message => new CommandException($"--prompt {message}.")), "--prompt", message => new CommandException(message))]
            : JsonLinesInput.Read(input!, terminal).Select(row => Prompt(folder, row));
        int samples = flags.GetValue(_samples) ?? 1;
        output.ShowsPlaces = samples > 1 || input is not null;
        Seed seed = Seed.From(_sampling.SeedOf(flags));
        using var generator = new Generator(folder.Model);
        foreach (int[][] some in prompts.Chunk(PromptsAtOnce))
        {
            List<GenerationRequest> requests = [.. some.Select(ids => new GenerationRequest(ids, samples, OfPrompt(seed, ids)))];
            output.Begin(requests);
            generator.Generate(requests, options, output.Add, cancellation: terminal.Cancellation);
        }
        return ExitCodes.Done;
    }

    private static int[] Prompt(LoadedModel folder, Row row)
    {
        int[] ids = row.Has("ids") ? row.GetIds("ids", folder.Model.Config.VocabSize) : folder.Encode(row.GetString(DatasetColumns.Prompt), isPrompt: true, message => row.Fault(DatasetColumns.Prompt, message));
        return Fitting(folder, ids, "the prompt", row.Fault);
    }

    private static int[] Fitting(LoadedModel folder, int[] ids, string what, Func<string, Exception> fault)
    {
        if (ids.Length == 0)
            throw fault($"{what} has no tokens, and the tokenizer adds none at the beginning of a text. Give at least one character.");
        int context = folder.Model.ContextLength;
        if (ids.Length >= context)
            throw fault($"{what} has {ids.Length} tokens, and the model's context is {context}, which leaves no room for a completion. Shorten it.");
        return ids;
    }

    // The prompt's own ids name its stream, so that neither its place in a file nor its neighbours matter.
    private static Seed OfPrompt(Seed seed, int[] ids)
    {
        foreach (int id in ids)
            seed = seed.Fork(id);
        return seed;
    }
}
