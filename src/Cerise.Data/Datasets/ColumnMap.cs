namespace Cerise.Data.Datasets;

/// <summary>Other names for the columns of a file: <c>prompt</c> for what the file calls <c>question</c>.</summary>
public sealed class ColumnMap
{
    private readonly Dictionary<string, string> _sources;
    private readonly HashSet<string> _renamed;

    /// <summary>Makes a map.</summary>
    /// <param name="sources">The file's name (value) for each new name (key). A column that got a new name is not seen under its own.</param>
    public ColumnMap(IReadOnlyDictionary<string, string> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        _sources = new Dictionary<string, string>(sources);
        _renamed = [.. sources.Values];
    }

    /// <summary>Columns keep their names.</summary>
    public static ColumnMap None { get; } = new(new Dictionary<string, string>());

    /// <summary>The file's name for a column; null when the column is one that got another name.</summary>
    public string? SourceOf(string column)
        => _sources.TryGetValue(column, out string? source) ? source : _renamed.Contains(column) ? null : column;

    /// <summary>The names under which the columns of a file are seen, in the file's order.</summary>
    internal IEnumerable<string> Targets(IEnumerable<string> columns)
    {
        foreach (string column in columns)
            if (_renamed.Contains(column))
            {
                foreach ((string target, string source) in _sources)
                    if (source == column)
                        yield return target;
            }
            else if (!_sources.ContainsKey(column))
            {
                yield return column;
            }
    }
}
