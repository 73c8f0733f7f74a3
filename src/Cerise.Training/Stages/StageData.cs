using Cerise.Data.Datasets;
using Cerise.Tensors;

namespace Cerise.Training.Stages;

/// <summary>The rows a stage trains on: those of one file, or of several mixed by weight.</summary>
internal static class StageData
{
    /// <summary>Reads the rows of a stage that is about to run.</summary>
    public static IEnumerable<Row> Read(StageContext context, RowSources sources) => Read(context.Input, context.Seed, context.Stage.Title, sources);

    /// <summary>Reads the rows.</summary>
    /// <param name="find">The path of a file, by the setting and its value.</param>
    /// <param name="seed">The stage's.</param>
    /// <param name="title">What messages call the stage.</param>
    /// <param name="sources">The stage's own file, with weight 1, and further ones.</param>
    /// <returns>The file's rows in order; with a mix, one epoch of it: as many rows as the files have together, by the weights' shares.</returns>
    public static IEnumerable<Row> Read(Func<string, string, string> find, Seed seed, string title, RowSources sources)
    {
        string path = find("data", sources.Data);
        if (sources.Mix.Count == 0)
            return ReadFile(path, sources.Columns);
        List<(IReadOnlyList<Row> Rows, double Weight)> files = [(DatasetReader.Open(path, Options(sources.Columns)), 1)];
        foreach (MixedSource source in sources.Mix)
            files.Add((DatasetReader.Open(find("mix", source.Data), Options(source.Columns.Count > 0 ? source.Columns : sources.Columns)), source.Weight));
        if (files.FindIndex(file => file.Rows.Count == 0) is >= 0 and int empty)
            throw new TrainingException($"{title}: {(empty == 0 ? sources.Data : sources.Mix[empty - 1].Data)} has no rows to mix");
        return new MixedDataset(files, purpose => Randomness(seed.Fork("mix").Fork(purpose))).Epoch(0);
    }

    /// <summary>The rows of one file in JSONL, JSON or CSV.</summary>
    public static IEnumerable<Row> ReadFile(string path, IReadOnlyDictionary<string, string>? columns = null) => DatasetReader.Read(path, Options(columns));

    private static ReadOptions Options(IReadOnlyDictionary<string, string>? columns) => new() { Columns = columns is { Count: > 0 } ? new ColumnMap(columns) : ColumnMap.None };

    private static Func<long, ulong> Randomness(Seed seed) => index => ((ulong)seed.Bits(2 * index) << 32) | seed.Bits((2 * index) + 1);
}
