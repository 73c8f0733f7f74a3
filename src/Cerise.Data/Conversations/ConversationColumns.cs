namespace Cerise.Data.Conversations;

/// <summary>Names of the columns of conversations that <see cref="Datasets.DatasetColumns"/> does not have.</summary>
public static class ConversationColumns
{
    /// <summary>ShareGPT's list of <c>{"from", "value"}</c>.</summary>
    public const string Conversations = "conversations";

    /// <summary>Alpaca's question or task.</summary>
    public const string Instruction = "instruction";

    /// <summary>What Alpaca's task is about; may be empty.</summary>
    public const string Input = "input";

    /// <summary>Alpaca's answer.</summary>
    public const string Output = "output";

    /// <summary>Alpaca's earlier questions and answers: a list of pairs.</summary>
    public const string History = "history";

    /// <summary>The system prompt, beside the messages.</summary>
    public const string System = "system";

    /// <summary>The tools offered to the model: a list, or JSON text of one.</summary>
    public const string Tools = "tools";

    /// <summary>The documents offered to the model: a list, or JSON text of one.</summary>
    public const string Documents = "documents";

    /// <summary>Variables of the template: an object.</summary>
    public const string TemplateVariables = "chat_template_kwargs";

    /// <summary>Whether the model is to think, in templates that ask.</summary>
    public const string EnableThinking = "enable_thinking";

    /// <summary>+1 for an example to follow, -1 for a bad one under a bad system prompt.</summary>
    public const string Polarity = "polarity";

    /// <summary>Names the good and the bad answer to the same question.</summary>
    public const string PairId = "pair_id";
}
