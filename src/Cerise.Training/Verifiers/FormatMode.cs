namespace Cerise.Training.Verifiers;

/// <summary>What counts as a well-formed response.</summary>
public enum FormatMode
{
    /// <summary>
    /// Exactly one think block, optional whitespace, exactly one answer block and nothing else but whitespace around; neither is blank or holds another tag.
    /// The default: it leaves nothing to farm.
    /// </summary>
    Cerise,

    /// <summary>As TRL's think format: the text begins with the opening tag, has no second one, and closes it; no answer tag is asked for.</summary>
    Trl,

    /// <summary>As open-r1: think block, then answer block, each tag on a line of its own; lines after the answer and tags inside the blocks pass.</summary>
    OpenR1,
}
