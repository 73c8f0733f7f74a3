using System.CommandLine;
using Cerise.Data;
using Cerise.Data.Datasets;

namespace Cerise.Cli.Verbs;

/// <summary><c>train-tokenizer</c>: learns a byte-level BPE vocabulary from text.</summary>
internal sealed class TrainTokenizerVerb : IVerb
{
    private const int DocumentCharacters = 1 << 20;

    private static readonly string[] RowEndings = [".jsonl", ".jsonl.gz"];

    private readonly Option<string[]> _input = Flag.Texts(
        "--input", "FILE", "text files, or .jsonl files with the column 'text'; '-' reads rows from standard input", required: true);
    private readonly Option<int?> _vocabSize = Flag.Integer("--vocab-size", "N", "tokens, the 256 bytes and the special ones included", 257, 1 << 24);
    private readonly Option<string> _out = Flag.Text("--out", "DIR", "folder for tokenizer.json and tokenizer_config.json", required: true);
    private readonly Option<string> _preTokenizer = Flag.Choice(
        "--pre-tokenizer", ["qwen2", "gpt2"], "how text is cut into words: qwen2 (default) takes numbers digit by digit, gpt2 does not");
    private readonly Option<string[]> _special = Flag.Texts(
        "--special", "TOKEN", "special tokens besides the first, which ends a text (default: <|endoftext|>)");
    private readonly Option<string> _eos = Flag.Text("--eos", "TOKEN", "the special token that ends a text (default: <|endoftext|>)");
    private readonly Option<string> _column = Flag.Text("--column", "NAME", "the column of .jsonl rows that holds the text (default: text)");

    public TrainTokenizerVerb()
    {
        _vocabSize.Required = true;
        _input.AllowMultipleArgumentsPerToken = true;
        Command = new Command("train-tokenizer", "Learns a byte-level BPE tokenizer from text and saves it in Hugging Face's format.")
        {
            _input, _vocabSize, _out, _preTokenizer, _special, _eos, _column,
        };
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise train-tokenizer --input README.md --vocab-size 512 --out my-tokenizer";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string eos = flags.GetValue(_eos) ?? "<|endoftext|>";
        string[] special = [eos, .. (flags.GetValue(_special) ?? []).Where(token => token != eos)];
        var options = new BpeTrainerOptions
        {
            VocabSize = flags.GetValue(_vocabSize)!.Value,
            SpecialTokens = special,
            EosToken = eos,
            PreTokenizer = flags.GetValue(_preTokenizer) == "gpt2" ? BpePreTokenizer.Gpt2 : BpePreTokenizer.Qwen2,
        };
        Check(options);
        string column = flags.GetValue(_column) ?? DatasetColumns.Text;
        Tokenizer tokenizer = BpeTrainer.Train(flags.GetRequiredValue(_input).SelectMany(path => Documents(path, column, terminal)), options);
        string folder = flags.GetRequiredValue(_out);
        tokenizer.Save(folder);
        terminal.Error.WriteLine($"{folder}: {tokenizer.VocabSize} tokens");
        return ExitCodes.Done;
    }

    private static void Check(BpeTrainerOptions options)
    {
        try
        {
            options.Validate();
        }
        catch (TokenizerException error)
        {
            throw new MisuseException(error.Message);
        }
    }

    private static IEnumerable<string> Documents(string path, string column, Terminal terminal) =>
        path == JsonLinesInput.Standard || RowEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            ? JsonLinesInput.Read(path, terminal).Select(row => row.GetString(column))
            : TextFile(path, terminal);

    // A text file is one document, read in pieces that end with a line: cuts there change no count, since no word goes over a line break and its
    // next line.
    private static IEnumerable<string> TextFile(string path, Terminal terminal)
    {
        using StreamReader reader = Open(path);
        var piece = new System.Text.StringBuilder();
        for (string? line = reader.ReadLine(); line is not null; line = reader.ReadLine())
        {
            piece.Append(line).Append('\n');
            if (piece.Length < DocumentCharacters)
                continue;
            terminal.Cancellation.ThrowIfCancellationRequested();
            yield return piece.ToString();
            piece.Clear();
        }
        if (piece.Length > 0)
            yield return piece.ToString();
    }

    private static StreamReader Open(string path)
    {
        try
        {
            PlainFile.RequireReadable(path);
            return new StreamReader(path, new System.Text.UTF8Encoding(false, throwOnInvalidBytes: false));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: does not exist. Check the path after --input.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path}: cannot be opened ({error.Message}). Check that it is a file you may read.", error);
        }
    }
}
