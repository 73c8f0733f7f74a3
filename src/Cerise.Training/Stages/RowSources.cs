using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Tensors;

namespace Cerise.Training.Stages;

/// <summary>Where the rows of a stage come from and how they are divided: the one answer for the stage and for whoever looks at its data.</summary>
public sealed record RowSources
{
    /// <summary>The stage's own file: an earlier stage's or a path.</summary>
    public required string Data { get; init; }

    /// <summary>Further files, mixed in by weight. Default none.</summary>
    public IReadOnlyList<MixedSource> Mix { get; init; } = [];

    /// <summary>Rows to evaluate on; empty (default) for none.</summary>
    public string EvalData { get; init; } = "";

    /// <summary>Share of the rows to hold back for evaluation instead, in [0, 1). Default 0.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>The files' names for columns that are called otherwise. Default none.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Every file with the setting that names it.</summary>
    public IEnumerable<(string Key, string Reference)> Files()
    {
        yield return ("data", Data);
        foreach (MixedSource source in Mix)
            yield return ("mix", source.Data);
        if (EvalData.Length > 0)
            yield return ("eval_data", EvalData);
    }

    /// <summary>Reads the rows and divides them into those to train on and those to evaluate on.</summary>
    /// <param name="find">The path of a file, by the setting and its value.</param>
    /// <param name="seed">The stage's, from which the mixture is drawn.</param>
    /// <param name="title">What messages call the stage.</param>
    /// <remarks>
    /// With a mix there is one epoch of it: as many rows as the files have together, by the weights' shares. Rows are held back by what they hold, so equal ones
    /// are never on both sides, nor are those of one <c>pair_id</c>.
    /// </remarks>
    /// <exception cref="TrainingException">A file has no rows to mix.</exception>
    /// <exception cref="DatasetException">A file cannot be read.</exception>
    public (IReadOnlyList<Row> Training, IReadOnlyList<Row> Validation) Read(Func<string, string, string> find, Seed seed, string title)
    {
        ArgumentNullException.ThrowIfNull(find);
        IReadOnlyList<Row> rows = [.. StageData.Read(find, seed, title, this)];
        if (EvalData.Length > 0)
            return (rows, [.. StageData.ReadFile(find("eval_data", EvalData), Columns)]);
        return ValidationSplit > 0 ? HashSplit.Split(rows, ValidationSplit, row => row.Has(ConversationColumns.PairId) ? [ConversationColumns.PairId] : []) : (rows, []);
    }

    /// <summary>The same for a stage that is about to run.</summary>
    internal (IReadOnlyList<Row> Training, IReadOnlyList<Row> Validation) Read(StageContext context) => Read(context.Input, context.Seed, context.Stage.Title);
}
