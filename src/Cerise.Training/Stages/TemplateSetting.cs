using Cerise.Training.Tasks;

namespace Cerise.Training.Stages;

/// <summary>The setting <c>template</c>: a text with a place for the question, the name of one, or null for prompts as they are.</summary>
public static class TemplateSetting
{
    private const string R1Zero = "r1_zero";

    /// <summary>The text that is meant.</summary>
    public static string? TextOf(string? template) => template == R1Zero ? PromptTemplate.R1Zero : template;

    /// <summary>What is wrong with it; nothing for null.</summary>
    public static IEnumerable<string> Faults(string? template)
    {
        if (TextOf(template)?.Contains(PromptTemplate.Placeholder, StringComparison.Ordinal) == false)
            yield return $"template is '{template}' and has no {PromptTemplate.Placeholder}; write one into it, or use {R1Zero}";
    }
}
