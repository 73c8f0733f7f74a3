using System.CommandLine;
using Cerise.Cli.Inspecting;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Training.Recipes;
using Cerise.Training.Runs;
using Cerise.Training.Stages;

namespace Cerise.Cli.Verbs;

/// <summary><c>inspect</c>: shows a recipe's stages, or rows of data, as training will see them.</summary>
internal sealed class InspectVerb : IVerb
{
    private const int DefaultRows = 3;
    private const int DefaultPageRows = 50;
    private const string Auto = "auto", Always = "always", Never = "never";

    private readonly Argument<string> _path = new("RECIPE_OR_DATA")
    {
        Description = "a recipe (.yaml), or rows (.jsonl, .json, .csv, .tsv, also .gz; '-' reads standard input)",
    };
    private readonly Option<string[]> _set = Flag.Texts("--set", "path=value", "for a recipe: changes a value, as in './cerise run'");
    private readonly Option<string> _out = Flag.Text("--out", "DIR", "for a recipe: the run's folder, where data of earlier stages may lie (default: runs/NAME)");
    private readonly Option<string> _model = Flag.Text("--model", "DIR", "for data: a model folder; its tokenizer, chat template and vocabulary");
    private readonly Option<string> _tokenizer = Flag.Text("--tokenizer", "DIR_OR_FILE", "for data: shows tokens, and which of them are trained on (default: the model's)");
    private readonly Option<string> _template = Flag.Text("--template", "FILE_OR_DIR", "for data: the chat template, or chatml (default: the one beside the tokenizer)");
    private readonly Option<string> _eosToken = Flag.Text("--eos-token", "TOKEN", "for data: the token that ends a turn, such as <|im_end|> (default: the tokenizer's)");
    private readonly Option<int?> _maxLength = Flag.Integer("--max-length", "N", "for data: tokens at which rows are cut (default: not cut)");
    private readonly Option<string> _system = Flag.Text("--system-prompt", "TEXT", "for data: the system prompt of conversations that have none");
    private readonly Option<string[]> _columns = Flag.Texts("--column", "name=column", "for data: reads a column under another name, as in instruction=question");
    private readonly Option<string> _layout = Flag.Choice(
        "--layout", [.. Enum.GetNames<ConversationLayout>().Select(SnakeCase.From)], "for data: reads rows so (default: as their columns say)");
    private readonly Option<int?> _rows = Flag.Integer(
        "--rows", "N", $"rows to show (default: {DefaultRows}, on a page {DefaultPageRows}); all are checked and counted", 0);
    private readonly Option<bool> _ids = Flag.Switch("--ids", "for data: lists every token with its id; '*' marks trained ones");
    private readonly Option<string> _page = Flag.Text("--page", "FILE.html", "writes all of it as one page");
    private readonly Option<string> _color = Flag.Choice("--color", [Auto, Always, Never], "trained tokens in colour, or between marks (default: auto, by the terminal)");

    public InspectVerb() => Command = new Command(
        "inspect", "Shows a recipe with every default written out, or rows of data as the trainers see them: turns, tokens, mask, lengths, checks.")
    {
        _path, _set, _out, _model, _tokenizer, _template, _eosToken, _maxLength, _system, _columns, _layout, _rows, _ids, _page, _color,
    };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => """echo '{"prompt":"2 + 3 =","completion":" 5"}' | ./cerise inspect - --tokenizer my-tokenizer""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string path = flags.GetRequiredValue(_path);
        bool isRecipe = path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
        IReadOnlyList<Inspection> inspections = isRecipe ? ShowRecipe(path, flags, terminal) : ShowData(path, flags, terminal);
        if (flags.GetValue(_page) is not { } page)
            return ExitCodes.Done;
        if (inspections.Count == 0)
            throw new CommandException($"{page} was not made: there are no tokens to show. Name --model or --tokenizer, and rows that are conversations, prompts or texts.");
        AtomicFile.WriteText(page, InspectPage.Render(Path.GetFileName(path), inspections));
        terminal.Output.WriteLine($"page: {page}");
        return ExitCodes.Done;
    }

    private List<Inspection> ShowRecipe(string path, ParseResult flags, Terminal terminal)
    {
        RecipeDocument recipe = RecipeDocument.Load(path, flags.GetValue(_set));
        IReadOnlyList<object> options = StageKinds.Bind(recipe);
        terminal.Output.Write(recipe.Resolve(options));
        List<Inspection> inspections = [];
        foreach ((string note, Inspection? inspection) in new RecipeData(recipe, flags.GetValue(_out) ?? Path.Combine("runs", recipe.Name), MostRows(flags)).Stages(options))
        {
            terminal.Output.WriteLine($"# {note}");
            if (inspection is null)
                continue;
            inspections.Add(inspection);
            Show(inspection, flags, terminal);
        }
        return inspections;
    }

    private IReadOnlyList<Inspection> ShowData(string path, ParseResult flags, Terminal terminal)
    {
        (ModelText? text, ModelFacts facts) = DataInspector.Load(flags.GetValue(_model), flags.GetValue(_tokenizer), flags.GetValue(_template), flags.GetValue(_eosToken));
        var inspector = new DataInspector(text, facts)
        {
            Options = new ChatTokenizerOptions { MaxLength = flags.GetValue(_maxLength), SystemPrompt = flags.GetValue(_system) },
            Layout = flags.GetValue(_layout) is { } layout ? Enum.GetValues<ConversationLayout>().First(known => SnakeCase.From(known.ToString()) == layout) : null,
        };
        // Standard input can be read only once, so what turns out to hold no conversations is shown from the rows already read.
        IEnumerable<Row> rows = JsonLinesInput.ReadRows(path, terminal, Columns(flags));
        if (path == JsonLinesInput.Standard)
            rows = [.. rows];
        if (inspector.Inspect(path, rows, MostRows(flags)) is { } inspection)
        {
            Show(inspection, flags, terminal);
            return [inspection];
        }
        new RowView(text?.Tokenizer, terminal.Output).Show(rows, MostRows(flags));
        return [];
    }

    private void Show(Inspection inspection, ParseResult flags, Terminal terminal)
    {
        bool inColour = flags.GetValue(_color) switch { Always => true, Never => false, _ => Ink.ShowsColour(terminal.Output) };
        new InspectionView(new Ink(terminal.Output, inColour), inspection.Chat.Tokenizer, flags.GetValue(_ids)).Show(inspection, flags.GetValue(_rows) ?? DefaultRows);
    }

    private int MostRows(ParseResult flags) => flags.GetValue(_rows) ?? (flags.GetValue(_page) is null ? DefaultRows : DefaultPageRows);

    private ColumnMap Columns(ParseResult flags)
    {
        var sources = new Dictionary<string, string>();
        foreach (string pair in flags.GetValue(_columns) ?? [])
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } column])
                throw new MisuseException($"--column is '{pair}'; write name=column, as in instruction=question.");
            sources[name] = column;
        }
        return new ColumnMap(sources);
    }
}
