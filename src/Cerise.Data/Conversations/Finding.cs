namespace Cerise.Data.Conversations;

/// <summary>How often something was found, and where first.</summary>
internal sealed class Finding
{
    private const int MostPlaces = 3;

    private readonly List<string> _places = [];

    /// <summary>How often.</summary>
    public long Count { get; private set; }

    /// <summary>What was found first, in words.</summary>
    public string First { get; private set; } = "";

    /// <summary>Where, the first few.</summary>
    public IReadOnlyList<string> Places => _places;

    /// <summary>Notes one.</summary>
    public void Add(string place, string words = "", long times = 1)
    {
        if (Count == 0)
            First = words;
        Count += times;
        if (_places.Count < MostPlaces && !_places.Contains(place))
            _places.Add(place);
    }
}
