namespace Cerise.Data.Conversations;

/// <summary>What a check says.</summary>
public enum CheckVerdict
{
    /// <summary>All is well.</summary>
    Passed,

    /// <summary>Worth a look; training may begin.</summary>
    Warning,

    /// <summary>Training would teach something else than meant: it has to be put right first.</summary>
    Failed,
}
