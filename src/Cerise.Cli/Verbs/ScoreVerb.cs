using System.CommandLine;
using Cerise.Data.Datasets;
using Cerise.Models;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Cli.Verbs;

/// <summary><c>score</c>: log-probabilities and entropies of given tokens.</summary>
internal sealed class ScoreVerb : IVerb
{
    private const int DefaultBatchTokens = 2048;

    private readonly Option<string> _model = Flag.Text("--model", "DIR", "the model's Hugging Face folder", required: true);
    private readonly Option<string> _adapter = AdapterFlag.OfModel();
    private readonly Option<string> _dtype = DTypeFlag.OfWeights();
    private readonly Option<int?> _context = ContextFlag.New();
    private readonly Option<string> _input = Flag.Text(
        "--input", "FILE.jsonl", "rows {\"ids\"} or {\"prompt\",\"completion\"}; '-' reads standard input", required: true);
    private readonly Option<double?> _temperature = Flag.Number(
        "--temperature", "T", "divides the logits (default: 1); 0 scores at 1, as generate records greedy completions", t => t >= 0, "of 0 or more");
    private readonly Option<int?> _batchTokens = Flag.Integer(
        "--batch-tokens", "N", $"tokens computed at once; results do not depend on it (default: {DefaultBatchTokens})");

    public ScoreVerb() => Command = new Command(
        "score", "Prints {\"logprobs\",\"entropies\"} in nats for each row: of every token of 'ids' after the first, or of the completion's tokens.")
    {
        _model, _input, _temperature, _batchTokens, _adapter, _dtype, _context,
    };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => """
        Prompt and completion are tokenized separately, the prompt with the tokenizer's special tokens, the completion
        without: no token crosses the border between them, and no end-of-text token is added.
        """;

    /// <inheritdoc/>
    public string Example => """echo '{"prompt":"2 + 3 =","completion":" 5"}' | ./cerise score --model my-model --input -""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        using Device device = CommonOptions.OpenDevice(flags);
        using var folder = LoadedModel.Load(flags.GetRequiredValue(_model), device, DTypeFlag.OfWeights(flags, _dtype), flags.GetValue(_adapter), flags.GetValue(_context));
        using var graph = new Graph(device, record: false);
        float temperature = (float)(flags.GetValue(_temperature) ?? 1);
        int most = flags.GetValue(_batchTokens) ?? DefaultBatchTokens;
        List<(IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)> batch = [];
        int tokens = 0;
        foreach (Row row in JsonLinesInput.Read(flags.GetRequiredValue(_input), terminal))
        {
            (int[] ids, bool[] scored) = Sequence(folder, row);
            if (batch.Count > 0 && tokens + ids.Length > most)
            {
                Score(folder.Model, graph, batch, temperature, terminal.Output);
                (tokens, batch) = (0, []);
            }
            batch.Add((ids, scored));
            tokens += ids.Length;
        }
        Score(folder.Model, graph, batch, temperature, terminal.Output);
        return ExitCodes.Done;
    }

    private static (int[] Ids, bool[] Scored) Sequence(LoadedModel folder, Row row)
    {
        int[] ids;
        int first = 1;
        if (row.Has("ids"))
        {
            ids = row.GetIds("ids", folder.Model.Config.VocabSize);
        }
        else
        {
            int[] prompt = folder.Encode(row.GetString(DatasetColumns.Prompt), isPrompt: true, message => row.Fault(DatasetColumns.Prompt, message));
            if (prompt.Length == 0)
                throw row.Fault(DatasetColumns.Prompt, "has no tokens, so nothing predicts the completion. Give it at least one character");
            first = prompt.Length;
            ids = [.. prompt, .. folder.Encode(row.GetString(DatasetColumns.Completion), isPrompt: false, message => row.Fault(DatasetColumns.Completion, message))];
        }
        if (ids.Length > folder.Model.ContextLength)
            throw row.Fault($"has {ids.Length} tokens; the model's context is {folder.Model.ContextLength}. Shorten the row, or give --context.");
        bool[] scored = new bool[ids.Length];
        scored.AsSpan(Math.Min(first, ids.Length)).Fill(true);
        return (ids, scored);
    }

    private static void Score(
        CausalModel model, Graph graph, List<(IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)> rows, float temperature, TextWriter output)
    {
        // A row without a scored token needs no forward pass, and an op over no rows at all has no meaning.
        var needed = rows.Where(row => row.Scored.Contains(true)).ToList();
        float[] logProbs = [], entropies = [];
        if (needed.Count > 0)
        {
            (Tensor logProbTensor, Tensor entropyTensor) = model.LogProbs(graph, TokenBatch.Pack(needed), temperature == 0 ? 1 : temperature);
            (logProbs, entropies) = (logProbTensor.ToArray(), entropyTensor.ToArray());
            graph.Reset();
        }
        int next = 0;
        foreach ((_, IReadOnlyList<bool> scored) in rows)
        {
            int end = next + scored.Count(mark => mark);
            new JsonLine().Add("logprobs", logProbs[next..end]).Add("entropies", entropies[next..end]).WriteTo(output);
            next = end;
        }
    }
}
