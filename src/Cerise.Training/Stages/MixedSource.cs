using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>A further dataset to mix in.</summary>
public sealed record MixedSource : IOptions
{
    /// <summary>Rows in the formats of the stage's own data: an earlier stage's file or a path.</summary>
    public string Data { get; init; } = "";

    /// <summary>Its share beside the stage's own data, which has weight 1. Default 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>This file's name for each column that is called otherwise; none (default) for the stage's own.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Data.Length == 0)
            yield return "data is empty; name a file";
        if (!(Weight > 0 && double.IsFinite(Weight)))
            yield return $"weight is {Weight}; use a number above 0";
    }
}
