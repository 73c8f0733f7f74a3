namespace Cerise.Training.Stages;

/// <summary>The settings that say when stages save and how much of it they keep.</summary>
internal static class CheckpointSettings
{
    /// <summary>What is wrong with them.</summary>
    public static IEnumerable<string> Faults(int saveSteps, int keepCheckpoints)
    {
        if (saveSteps < 0)
            yield return $"save_steps is {saveSteps}; use 0 (none) or more";
        if (keepCheckpoints < 1)
            yield return $"keep_checkpoints is {keepCheckpoints}; use 1 or more (save_steps: 0 makes none)";
    }
}
