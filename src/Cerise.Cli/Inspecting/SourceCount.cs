using Cerise.Data.Conversations;

namespace Cerise.Cli.Inspecting;

/// <summary>What comes of one file among several: of a mixture some rows may come twice, and others not at all.</summary>
/// <param name="file">Its path.</param>
internal sealed class SourceCount(string file)
{
    private readonly HashSet<string> _places = new(StringComparer.Ordinal);

    /// <summary>The file's path.</summary>
    public string File { get; } = file;

    /// <summary>Counts of its rows.</summary>
    public ChatStatistics Statistics { get; } = new();

    /// <summary>How many different rows of it there are.</summary>
    public int Different => _places.Count;

    /// <summary>Counts a row.</summary>
    public void Add(ChatRow row)
    {
        Statistics.Add(row);
        _places.Add(row.Place);
    }
}
