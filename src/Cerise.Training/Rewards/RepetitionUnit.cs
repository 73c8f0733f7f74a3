namespace Cerise.Training.Rewards;

/// <summary>What n-grams are made of.</summary>
public enum RepetitionUnit
{
    /// <summary>Token ids, as TRL counts.</summary>
    Ids,

    /// <summary>Lower-case words between spaces, as open-r1 counts.</summary>
    Words,
}
