namespace Cerise.Data;

/// <summary>Limits of one rendering, and its clock. The defaults leave room for conversations of ten thousand messages.</summary>
/// <remarks>A template comes with a model from elsewhere and runs here, so whatever it does must end: soon, and in bounded memory.</remarks>
public sealed record ChatTemplateOptions
{
    /// <summary>
    /// Work that may be done: one step for each statement, operator and access, three for each item of a loop, four for each call, and one for every eight
    /// characters copied. Default 10,000,000, which take less than a second.
    /// </summary>
    public long MaxSteps { get; init; } = 10_000_000;

    /// <summary>Calls of macros within macros, and recursive loops, at once. Default 200.</summary>
    public int MaxDepth { get; init; } = 200;

    /// <summary>Characters of the text that comes out, and of every text made on the way. Default 16,777,216.</summary>
    public int MaxOutputLength { get; init; } = 1 << 24;

    /// <summary>Items of a range, and of a list made by repetition. Default 100,000, as in jinja2's sandbox.</summary>
    public int MaxRange { get; init; } = 100_000;

    /// <summary>What <c>strftime_now</c> reads, as local time. Default the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Says everything that is wrong.</summary>
    public IEnumerable<string> Faults()
    {
        if (MaxSteps < 1)
            yield return $"MaxSteps is {MaxSteps}; at least 1 is needed";
        if (MaxDepth < 1)
            yield return $"MaxDepth is {MaxDepth}; at least 1 is needed";
        if (MaxOutputLength < 1)
            yield return $"MaxOutputLength is {MaxOutputLength}; at least 1 is needed";
        if (MaxRange < 0)
            yield return $"MaxRange is {MaxRange}; it cannot be negative";
    }
}
