namespace Cerise.Models.Checkpoints;

/// <summary>The <c>weight_map</c> of a sharded checkpoint: which file beside the index holds which tensor.</summary>
internal sealed class SafetensorsIndex
{
    /// <summary>About four hundred thousand names.</summary>
    private const int MaxBytes = 50_000_000;

    private SafetensorsIndex(Dictionary<string, string> weightMap)
    {
        WeightMap = weightMap;
        Shards = [.. weightMap.Values.Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Path of the shard of each tensor.</summary>
    public IReadOnlyDictionary<string, string> WeightMap { get; }

    /// <summary>Paths of the shards, sorted.</summary>
    public IReadOnlyList<string> Shards { get; }

    /// <summary>Reads an index file. Its <c>total_size</c> is not looked at: published files disagree on what it counts.</summary>
    /// <exception cref="CheckpointException">Not JSON, no <c>weight_map</c> of strings, or a shard outside the index's folder.</exception>
    public static SafetensorsIndex Read(string path)
    {
        JsonFields weightMap = JsonFields.Load(path, MaxBytes).Object("weight_map");
        string folder = Path.GetDirectoryName(path) ?? "";
        var map = new Dictionary<string, string>();
        foreach ((string name, string shard) in weightMap.Strings())
        {
            // A name out of a downloaded file must not reach beyond its folder.
            if (shard.Length is 0 or > 255 || shard is "." or ".." || shard.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || shard.Any(char.IsControl))
                throw weightMap.Fault(name, $"is {CheckpointException.Quote(shard)}; the plain name of a file beside the index is expected");
            map.Add(name, Path.Combine(folder, shard));
        }
        if (map.Count == 0)
            throw new CheckpointException(path, "lists no tensors in 'weight_map'. Fetch the index again.") { Key = "weight_map" };
        return new SafetensorsIndex(map);
    }
}
