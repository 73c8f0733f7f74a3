namespace Cerise.Training.Tasks;

/// <summary>Texts that turn a question into a prompt; <c>{question}</c> stands for the question.</summary>
public static class PromptTemplate
{
    /// <summary>Where the question goes.</summary>
    public const string Placeholder = "{question}";

    /// <summary>The template DeepSeek-R1-Zero was trained with, for real base models (arXiv:2501.12948, table 1).</summary>
    public const string R1Zero =
        "A conversation between User and Assistant. The user asks a question, and the Assistant solves it. The assistant first thinks about the reasoning process "
        + "in the mind and then provides the user with the answer. The reasoning process and answer are enclosed within <think> </think> and <answer> </answer> tags, "
        + "respectively, i.e., <think> reasoning process here </think> <answer> answer here </answer>. User: {question}. Assistant:";

    /// <summary>A short one for tiny models trained from scratch: every token of a long instruction would cost them attention and time.</summary>
    public const string Short = "User: {question}\nAssistant:";

    /// <summary>For countdown with real base models: the rules and the form of the answer, as in TinyZero's task.</summary>
    public const string Countdown =
        "A conversation between User and Assistant. The user asks a question, and the Assistant thinks it through before it answers.\nUser: {question} "
        + "You may use +, -, * and / and brackets, and each number exactly once. Think inside <think> </think> tags and give the equation inside <answer> </answer> tags, "
        + "for example <answer> (1 + 2) / 3 </answer>.\nAssistant:";

    /// <summary>The prompt for a question.</summary>
    public static string Fill(string template, string question)
    {
        ArgumentNullException.ThrowIfNull(template);
        return template.Replace(Placeholder, question, StringComparison.Ordinal);
    }

    /// <summary>What is wrong with a template, if anything.</summary>
    internal static IEnumerable<string> Faults(string template)
    {
        if (!template.Contains(Placeholder, StringComparison.Ordinal))
            yield return $"template has no {Placeholder}";
        if (template.TrimEnd().EndsWith(Verifiers.Thinking.Open, StringComparison.Ordinal))
            yield return "template ends with <think>, but the documents of the corpus write that tag themselves: leave it out";
    }
}
