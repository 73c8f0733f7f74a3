using System.Text;

namespace Cerise.Training.Recipes;

/// <summary>Names of C# as recipes write them: <c>MaxCompletionLength</c> is <c>max_completion_length</c>,
/// <c>TopP</c> is <c>top_p</c>, <c>AdamBeta1</c> is <c>adam_beta1</c>.</summary>
public static class SnakeCase
{
    /// <summary>The snake_case form of a PascalCase name. A run of capitals is one word; digits stay with the word before them.</summary>
    public static string From(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var text = new StringBuilder(name.Length + 8);
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i])
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            if (startsWord && name[i - 1] != '_')
                text.Append('_');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }
}
