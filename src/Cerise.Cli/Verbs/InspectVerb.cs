using System.CommandLine;
using Cerise.Data;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Cli.Verbs;

/// <summary><c>inspect</c>: shows a recipe's stages, or rows of data, as training will see them.</summary>
internal sealed class InspectVerb : IVerb
{
    private const int DefaultRows = 3;

    private readonly Argument<string> _path = new("RECIPE_OR_DATA")
    {
        Description = "a recipe (.yaml), or rows (.jsonl; '-' reads them from standard input)",
    };
    private readonly Option<string[]> _set = Flag.Texts("--set", "path=value", "for a recipe: changes a value, as in './cerise run'");
    private readonly Option<string> _tokenizer = Flag.Text(
        "--tokenizer", "DIR_OR_FILE", "for data: shows token counts and which tokens are trained on");
    private readonly Option<int?> _rows = Flag.Integer(
        "--rows", "N", $"for data: rows to show (default: {DefaultRows}); all are checked and counted", 0);

    public InspectVerb() => Command = new Command(
        "inspect", "Shows a recipe with every default written out, or rows of data as the trainers see them: columns, tokens, mask.")
    {
        _path, _set, _tokenizer, _rows,
    };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => """echo '{"prompt":"2 + 3 =","completion":" 5"}' | ./cerise inspect - --tokenizer my-tokenizer""";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string path = flags.GetRequiredValue(_path);
        if (path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
        {
            RecipeDocument recipe = RecipeDocument.Load(path, flags.GetValue(_set));
            terminal.Output.Write(recipe.Resolve(StageKinds.Bind(recipe)));
            return ExitCodes.Done;
        }
        Tokenizer? tokenizer = flags.GetValue(_tokenizer) is { } file ? Tokenizer.Load(file) : null;
        new RowView(tokenizer, terminal.Output).Show(JsonLinesInput.Read(path, terminal), flags.GetValue(_rows) ?? DefaultRows);
        return ExitCodes.Done;
    }
}
