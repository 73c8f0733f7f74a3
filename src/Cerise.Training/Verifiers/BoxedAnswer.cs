namespace Cerise.Training.Verifiers;

/// <summary>Reads <c>\boxed{...}</c> and <c>\fbox{...}</c> by counting braces.</summary>
public static class BoxedAnswer
{
    private static readonly string[] Commands = ["\\boxed{", "\\fbox{"];

    /// <summary>The content of the last box; null where there is none or where the last one never closes.</summary>
    /// <remarks>An unclosed last box means a cut response: an earlier box was not its final answer.</remarks>
    public static string? Last(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int content = -1;
        foreach (string command in Commands)
        {
            int at = text.LastIndexOf(command, StringComparison.Ordinal);
            if (at >= 0)
                content = Math.Max(content, at + command.Length);
        }
        if (content < 0)
            return null;

        int open = 1;
        for (int i = content; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\': i++; break;                                     // \{ and \} are printed braces, not groups
                case '{': open++; break;
                case '}' when --open == 0: return text[content..i];
            }
        }
        return null;
    }
}
