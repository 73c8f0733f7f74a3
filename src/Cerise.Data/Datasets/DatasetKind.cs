namespace Cerise.Data.Datasets;

/// <summary>What the rows of a dataset are examples of, told by their columns as in TRL.</summary>
public enum DatasetKind
{
    /// <summary>A better and a worse answer: <c>chosen</c> and <c>rejected</c>, with <c>prompt</c> or the prompt inside both.</summary>
    Preference,

    /// <summary>An answer and whether it is good: <c>prompt</c>, <c>completion</c>, <c>label</c>.</summary>
    UnpairedPreference,

    /// <summary>A prompt and its answer: <c>prompt</c>, <c>completion</c>.</summary>
    PromptCompletion,

    /// <summary>Text to model: <c>text</c>, or a conversation in <c>messages</c>.</summary>
    LanguageModeling,

    /// <summary>Prompts alone, answered by the model itself: <c>prompt</c>.</summary>
    PromptOnly,
}
