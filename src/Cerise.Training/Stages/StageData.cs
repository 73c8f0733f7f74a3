using Cerise.Data.Datasets;
using Cerise.Tensors;

namespace Cerise.Training.Stages;

/// <summary>The rows a stage trains on: those of one file, or of several mixed by weight.</summary>
internal static class StageData
{
    /// <summary>Reads the rows.</summary>
    /// <param name="context">The stage.</param>
    /// <param name="data">Its own file, with weight 1.</param>
    /// <param name="mix">Further files.</param>
    /// <param name="columns">The files' names for columns that are called otherwise; null for none.</param>
    /// <returns>The file's rows in order; with a mix, one epoch of it: as many rows as the files have together, by the weights' shares.</returns>
    public static IEnumerable<Row> Read(StageContext context, string data, IReadOnlyList<MixedSource> mix, IReadOnlyDictionary<string, string>? columns = null)
    {
        string path = context.Input("data", data);
        if (mix.Count == 0)
            return ReadFile(path, columns);
        List<(IReadOnlyList<Row> Rows, double Weight)> sources = [(DatasetReader.Open(path, Options(columns)), 1)];
        sources.AddRange(mix.Select(source => (DatasetReader.Open(context.Input("mix", source.Data), Options(columns)), source.Weight)));
        if (sources.FindIndex(source => source.Rows.Count == 0) is >= 0 and int empty)
            throw new TrainingException($"{context.Stage.Title}: {(empty == 0 ? data : mix[empty - 1].Data)} has no rows to mix");
        return new MixedDataset(sources, purpose => Randomness(context.Seed.Fork("mix").Fork(purpose))).Epoch(0);
    }

    /// <summary>The rows of one file in JSONL, JSON or CSV.</summary>
    public static IEnumerable<Row> ReadFile(string path, IReadOnlyDictionary<string, string>? columns = null) => DatasetReader.Read(path, Options(columns));

    private static ReadOptions Options(IReadOnlyDictionary<string, string>? columns) => new() { Columns = columns is { Count: > 0 } ? new ColumnMap(columns) : ColumnMap.None };

    private static Func<long, ulong> Randomness(Seed seed) => index => ((ulong)seed.Bits(2 * index) << 32) | seed.Bits((2 * index) + 1);
}
