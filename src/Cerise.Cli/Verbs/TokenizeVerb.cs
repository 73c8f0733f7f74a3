using System.CommandLine;
using Cerise.Data;
using Cerise.Data.Datasets;

namespace Cerise.Cli.Verbs;

/// <summary><c>tokenize</c>: text to token ids, and back.</summary>
internal sealed class TokenizeVerb : IVerb
{
    private readonly Option<string> _tokenizer = Flag.Text(
        "--tokenizer", "DIR_OR_FILE", "tokenizer.json, or the folder that holds it", required: true);
    private readonly Option<string> _input = Flag.Text(
        "--input", "FILE.jsonl", "rows {\"text\"}, or {\"ids\"} with --decode; '-' reads standard input", required: true);
    private readonly Option<bool> _decode = Flag.Switch("--decode", "from ids to text");
    private readonly Option<bool> _noSpecial = Flag.Switch(
        "--no-special", "add no special tokens such as BOS; with --decode leave special tokens out of the text");

    public TokenizeVerb() => Command = new Command(
        "tokenize", "Turns the rows {\"text\"} of a file into {\"ids\"}, or back with --decode.")
    { _tokenizer, _input, _decode, _noSpecial };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => """echo '{"text":"2 + 3 = 5"}' | ./cerise tokenize --tokenizer my-model --input -""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        var tokenizer = Tokenizer.Load(flags.GetRequiredValue(_tokenizer));
        foreach (string warning in tokenizer.Warnings)
            terminal.Error.WriteLine($"warning: {warning}");
        bool decode = flags.GetValue(_decode), special = !flags.GetValue(_noSpecial);
        foreach (Row row in JsonLinesInput.Read(flags.GetRequiredValue(_input), terminal))
        {
            JsonLine line = new();
            if (decode)
                line.Add("text", tokenizer.Decode(row.GetIds("ids"), skipSpecialTokens: !special));
            else
                line.Add("ids", tokenizer.Encode(row.GetString("text"), addSpecialTokens: special));
            line.WriteTo(terminal.Output);
        }
        return ExitCodes.Done;
    }
}
