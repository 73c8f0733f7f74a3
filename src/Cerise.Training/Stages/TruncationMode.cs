namespace Cerise.Training.Stages;

/// <summary>What becomes of examples that are too long.</summary>
public enum TruncationMode
{
    /// <summary>They keep their start and get no end token; those of which nothing trained is left are dropped.</summary>
    KeepStart,

    /// <summary>They are left out.</summary>
    Drop,
}
