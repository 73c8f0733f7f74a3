using System.CommandLine;
using Cerise.Data.Datasets;
using Cerise.Tensors;
using Cerise.Training.Evaluation;
using Cerise.Training.Rollouts;
using Cerise.Training.Runs;
using Cerise.Training.Tasks;
using Cerise.Training.Verifiers;

namespace Cerise.Cli.Verbs;

/// <summary><c>eval</c>: how often a model's answers are right.</summary>
internal sealed class EvalVerb : IVerb
{
    private readonly Option<string> _model = Flag.Text("--model", "DIR", "a Hugging Face model folder", required: true);
    private readonly Option<string> _adapter = AdapterFlag.OfModel();
    private readonly Option<string> _dtype = DTypeFlag.OfWeights();
    private readonly Option<int?> _context = ContextFlag.New();
    private readonly Option<string> _task = Flag.Text("--task", "NAME", "kind of verifier: gsm8k, countdown, ...", required: true);
    private readonly Option<string> _data = Flag.Text("--data", "FILE", "JSONL with 'prompt' (or 'question', with --template) and the right answer; '-' is standard input", required: true);
    private readonly Option<int?> _k = Flag.Integer("--k", "K", "completions of each problem, for pass@k and cons@k (default: 1)");
    private readonly Option<int?> _limit = Flag.Integer("--limit", "N", "use only the first N problems");
    private readonly Option<string> _answer = Flag.Text("--answer-column", "NAME", "column with the right answer (default: answer)");
    private readonly Option<string> _template = Flag.Text("--template", "TEXT", "makes prompts from 'question'; {question} stands for it, 'r1_zero' names the R1-Zero paper's");
    private readonly Option<string> _format = FormatFlag.New("--format", "which form counts as well-formed (default: cerise where every prompt asks for <think> and <answer>, else none)");
    private readonly Option<bool> _json = Flag.Switch("--json", "print one JSON object");
    private readonly SamplingFlags _sampling = new();

    public EvalVerb()
    {
        Command = new Command("eval", "Samples answers to problems and judges them: pass@1, pass@k and cons@k with 95 % intervals.")
        {
            _model, _task, _data, _k, _limit, _answer, _template, _format, _adapter, _dtype, _context, _json,
        };
        _sampling.AddTo(Command);
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => """echo '{"prompt":"2 + 3 =","answer":"5"}' | ./cerise eval --model my-model --task gsm8k --data - --max-new-tokens 8""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        int samples = flags.GetValue(_k) ?? 1;
        IVerifier verifier = new VerifierRegistry().Create(flags.GetRequiredValue(_task), new VerifierSettings());
        Evaluator evaluator = new(verifier, flags.GetValue(_answer) ?? "answer", FormatFlag.ModeOf(flags, _format));
        using Device device = CommonOptions.OpenDevice(flags);
        using LoadedModel loaded = LoadedModel.Load(flags.GetRequiredValue(_model), device, DTypeFlag.OfWeights(flags, _dtype), flags.GetValue(_adapter), flags.GetValue(_context));
        string? template = flags.GetValue(_template) == "r1_zero" ? PromptTemplate.R1Zero : flags.GetValue(_template);
        IEnumerable<Row> rows = JsonLinesInput.Read(flags.GetRequiredValue(_data), terminal);
        IReadOnlyList<Prompt> problems = Prompt.Read(flags.GetValue(_limit) is { } limit ? rows.Take(limit) : rows, loaded.Text.Chat(), template);
        if (problems.Count == 0)
            throw new CommandException($"{flags.GetRequiredValue(_data)}: no problem to evaluate on");
        EvaluationResult result = evaluator.Evaluate(
            loaded.Model, loaded.Tokenizer, problems, samples, _sampling.Options(flags, loaded), Seed.From(_sampling.SeedOf(flags)), terminal.Cancellation);
        Print(result, samples, flags.GetValue(_json), terminal.Output);
        return ExitCodes.Done;
    }

    private static void Print(EvaluationResult result, int samples, bool json, TextWriter output)
    {
        EvaluationRow row = result.ToRow("model");
        double passAtK = PassAtK.Mean(result.ByProblem, samples);
        double consensus = Consensus(result, samples);
        if (json)
        {
            new JsonLine()
                .Add("problems", row.Problems).Add("k", samples)
                .Add("pass@1", row.Accuracy).Add("low", row.Low).Add("high", row.High)
                .Add("pass@k", passAtK).Add("cons@k", consensus)
                .Add("mean_length", row.MeanLength).Add("well_formed", row.WellFormed)
                .WriteTo(output);
            return;
        }
        output.WriteLine($"problems     {row.Problems}");
        output.WriteLine($"pass@1       {PercentText.Of(row.Accuracy)} (95 % interval {PercentText.Of(row.Low)} to {PercentText.Of(row.High)})");
        if (samples > 1)
        {
            output.WriteLine($"pass@{samples,-8}{PercentText.Of(passAtK)}");
            output.WriteLine($"cons@{samples,-8}{PercentText.Of(consensus)}");
        }
        output.WriteLine(FormattableString.Invariant($"mean length  {row.MeanLength:F1} tokens"));
        if (row.WellFormed is { } wellFormed)
            output.WriteLine($"well-formed  {PercentText.Of(wellFormed)}");
    }

    // The most frequent answer of each problem; it is right when the sample that gave it was judged right.
    private static double Consensus(EvaluationResult result, int samples)
    {
        EvaluatedSample[][] problems = [.. result.Samples.Chunk(samples)];
        return MajorityVote.Accuracy(
            [.. problems.Select(problem => (IReadOnlyList<string?>)[.. problem.Select(sample => sample.Answer)])], samples,
            (problem, answer) => problems[problem].Any(sample => sample.Answer == answer && sample.IsCorrect));
    }
}
