namespace Cerise.Data.Conversations;

/// <summary>How a dataset writes conversations, told by its columns.</summary>
public enum ConversationLayout
{
    /// <summary>TRL and OpenAI: <c>messages</c>, a list of <c>{"role", "content"}</c>.</summary>
    Messages,

    /// <summary>ShareGPT: <c>conversations</c>, a list of <c>{"from", "value"}</c>; <c>system</c> and <c>tools</c> beside it, as LLaMA-Factory has them.</summary>
    Sharegpt,

    /// <summary>Alpaca: <c>instruction</c>, <c>output</c>, and where they are there <c>input</c>, <c>system</c>, <c>history</c>.</summary>
    Alpaca,

    /// <summary>A better and a worse answer: <c>prompt</c>, <c>chosen</c>, <c>rejected</c>.</summary>
    Preference,

    /// <summary><c>prompt</c> and <c>completion</c>: texts, or lists of messages.</summary>
    PromptCompletion,

    /// <summary><c>text</c>: all of it is trained.</summary>
    Text,

    /// <summary><c>prompt</c> alone, as text or messages: the model itself answers.</summary>
    Prompt,
}
