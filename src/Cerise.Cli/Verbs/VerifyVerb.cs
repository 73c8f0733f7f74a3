using System.CommandLine;
using System.Text.Json;
using Cerise.Data.Datasets;
using Cerise.Training.Recipes;
using Cerise.Training.Verifiers;

namespace Cerise.Cli.Verbs;

/// <summary><c>verify</c>: judges answers by rule, as rewards do.</summary>
internal sealed class VerifyVerb : IVerb
{
    private const string Gold = "gold";
    private const string Answer = "answer";
    private const string Response = "response";

    private readonly VerifierRegistry _registry = new();
    private readonly Argument<string> _kind;
    private readonly Option<string> _input = Flag.Text(
        "--input", "FILE.jsonl", "rows {\"gold\",\"answer\"} with the kind's further columns; '-' reads standard input", required: true);
    private readonly Option<bool> _strict = Flag.Switch(
        "--strict", "accept an answer only in the marked places (answer tag, \\boxed, ####), as rewards do");
    private readonly Option<string> _mode = FormatFlag.New("--mode", "for kind format: what counts as well-formed (default: cerise)");

    public VerifyVerb()
    {
        _kind = new Argument<string>("KIND") { Description = string.Join(", ", _registry.Kinds) };
        Command = new Command("verify", "Judges answers by rule: rows {\"gold\",\"answer\"} to {\"equal\",\"score\",\"reason\",\"extracted\"}.")
        {
            _kind, _input, _strict, _mode,
        };
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => """
        equal is null where the gold answer cannot be read, so that nobody counts the row as wrong. Kind countdown reads
        the columns 'numbers' and 'target' instead of 'gold'. The answer may also stand in the column 'response'.
        """;

    /// <inheritdoc/>
    public string Example => """echo '{"gold":"#### 18","answer":"9 * 2 = 18. The answer is \\boxed{18}."}' | ./cerise verify gsm8k --input -""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string kind = flags.GetRequiredValue(_kind);
        if (!_registry.Kinds.Contains(kind))
            throw new MisuseException(
                $"verify: {NearestName.Explain("kind", kind, _registry.Kinds)}. See './cerise verify --help'.");
        FormatMode mode = FormatFlag.ModeOf(flags, _mode) ?? FormatMode.Cerise;
        IVerifier verifier = _registry.Create(kind, new VerifierSettings { Lenient = !flags.GetValue(_strict), Mode = mode });
        foreach (Row row in JsonLinesInput.Read(flags.GetRequiredValue(_input), terminal))
        {
            string answer = Text(row, Answer) ?? Text(row, Response) ?? row.GetString(Answer);
            VerifierResult result = verifier.Verify(Text(row, Gold) ?? "", answer, Columns(row));
            new JsonLine()
                .Add("equal", result.Score is { } score ? score >= 1 : null)
                .Add("score", result.Score)
                .Add("reason", result.Reason)
                .Add("extracted", result.Extracted)
                .WriteTo(terminal.Output);
        }
        return ExitCodes.Done;
    }

    // An answer that is a number may be written as one.
    private static string? Text(Row row, string column) =>
        row.Has(column) && row[column].ValueKind == JsonValueKind.Number ? row[column].GetRawText() : row.GetOptionalString(column);

    private static Dictionary<string, JsonElement> Columns(Row row) =>
        row.Columns.Where(column => column is not (Gold or Answer or Response)).ToDictionary(column => column, column => row[column]);
}
