namespace Cerise.Data.Datasets;

/// <summary>Names of columns with a meaning, as in TRL.</summary>
public static class DatasetColumns
{
    /// <summary>Plain text to model.</summary>
    public const string Text = "text";

    /// <summary>What the model is given: a string or a list of messages.</summary>
    public const string Prompt = "prompt";

    /// <summary>What the model should answer: a string or a list of messages.</summary>
    public const string Completion = "completion";

    /// <summary>A whole conversation: a list of messages.</summary>
    public const string Messages = "messages";

    /// <summary>The preferred answer, or the whole text with it.</summary>
    public const string Chosen = "chosen";

    /// <summary>The other answer, or the whole text with it.</summary>
    public const string Rejected = "rejected";

    /// <summary>Whether a completion is a good one: true or false.</summary>
    public const string Label = "label";
}
