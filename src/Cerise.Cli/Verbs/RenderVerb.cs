using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cerise.Data;
using Cerise.Data.Datasets;

namespace Cerise.Cli.Verbs;

/// <summary><c>render</c>: conversations to the text that a model was trained on.</summary>
internal sealed class RenderVerb : IVerb
{
    private readonly Option<string> _template = Flag.Text(
        "--template", "FILE_OR_MODEL_DIR", "a template file, or a model folder, whose bos_token, eos_token, ... become variables", required: true);
    private readonly Option<string> _input = Flag.Text(
        "--input", "FILE.jsonl", "rows of variables: messages, tools, add_generation_prompt, ...; '-' reads standard input", required: true);
    private readonly Option<DateTime?> _now = new("--now")
    {
        HelpName = "TIME",
        Description = "what strftime_now reads, such as 2025-07-10T12:00:00; without it the clock",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
                return time.DateTime;                                       // the clock on the wall, wherever that hangs
            result.AddError($"--now is '{text}'; use a time such as 2025-07-10T12:00:00.");
            return null;
        },
    };

    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd"];

    public RenderVerb() => Command = new Command(
        "render", "Renders the rows of a file through a chat template: {\"text\"}, or {\"error\"} for a row that it refuses.")
    { _template, _input, _now };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example =>
        """echo '{"messages":[{"role":"user","content":"2 + 3 = ?"}],"add_generation_prompt":true}' | ./cerise render --template recipes/chatml.jinja --input -""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        var template = ChatTemplate.Load(flags.GetRequiredValue(_template));
        var options = new ChatTemplateOptions();
        if (flags.GetValue(_now) is { } now)
            options = options with { Clock = new StandingClock(now) };
        foreach (Row row in JsonLinesInput.Read(flags.GetRequiredValue(_input), terminal))
        {
            JsonLine line = new();
            try
            {
                line.Add("text", template.Render(Variables(row), options));
            }
            catch (ChatTemplateException e)
            {
                line.Add("error", e.Message);
            }
            line.WriteTo(terminal.Output);
        }
        return ExitCodes.Done;
    }

    private static JsonObject Variables(Row row) => [.. row.Columns.Select(name => KeyValuePair.Create(name, JsonNode.Parse(row[name].GetRawText())))];

    private sealed class StandingClock(DateTime now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
    }
}
