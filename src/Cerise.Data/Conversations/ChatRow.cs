using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>A row, and what became of it.</summary>
/// <param name="Row">The row as it was read.</param>
/// <param name="Example">What it gives; null where it is a bad row.</param>
/// <param name="DroppedBecause">Why it is left out; null where it is used.</param>
public sealed record ChatRow(Row Row, ChatExample? Example, string? DroppedBecause)
{
    /// <summary>Where the row stands, for messages.</summary>
    public string Place => Row.Place;
}
