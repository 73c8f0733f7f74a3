namespace Cerise.Training.Verifiers;

/// <summary>Finds the final answer in a response. Every rule looks only at the text after thinking and runs in linear time.</summary>
public static class AnswerExtraction
{
    private static readonly string[] Phrases = ["final answer is", "final answer:", "the answer is", "answer:"];

    /// <summary>The rules fit for a reward: a clear place for one answer.</summary>
    public static IReadOnlyList<AnswerRule> Strict { get; } =
        [AnswerRule.AnswerTag, AnswerRule.Boxed, AnswerRule.Phrase, AnswerRule.Gsm8kMarker, AnswerRule.MathSpan];

    /// <summary>The strict rules and then the last number, for evaluation of models that know no format.</summary>
    public static IReadOnlyList<AnswerRule> Lenient { get; } = [.. Strict, AnswerRule.LastNumber];

    /// <summary>The answer by the first of the rules that finds one; null if none does.</summary>
    /// <param name="response">The response, thinking included.</param>
    /// <param name="rules">The rules to try, in order.</param>
    public static ExtractedAnswer? Extract(string response, IEnumerable<AnswerRule> rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        foreach (AnswerRule rule in rules)
            if (Extract(response, rule) is { } text)
                return new ExtractedAnswer(text, rule);
        return null;
    }

    /// <summary>The answer by one rule, trimmed; null if the rule finds none.</summary>
    public static string? Extract(string response, AnswerRule rule)
    {
        string text = Thinking.After(response);
        string? found = rule switch
        {
            AnswerRule.AnswerTag => AnswerTag(text),
            AnswerRule.Boxed => BoxedAnswer.Last(text),
            AnswerRule.Phrase => AfterPhrase(text),
            AnswerRule.Gsm8kMarker => Gsm8kAnswer.Strict(text),
            AnswerRule.MathSpan => MathSpan(text),
            AnswerRule.LastNumber => NumberText.Last(text),
            AnswerRule.WholeText => text,
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "no such rule"),
        };
        return found?.Trim();
    }

    private static string? AnswerTag(string text)
    {
        int close = text.LastIndexOf(ResponseFormat.AnswerClose, StringComparison.Ordinal);
        int open = close < 0 ? -1 : text.LastIndexOf(ResponseFormat.AnswerOpen, close, StringComparison.Ordinal);
        return open < 0 ? null : text[(open + ResponseFormat.AnswerOpen.Length)..close];
    }

    private static string? AfterPhrase(string text)
    {
        int start = -1;
        foreach (string phrase in Phrases)
        {
            int at = text.LastIndexOf(phrase, StringComparison.OrdinalIgnoreCase);
            if (at >= 0)
                start = Math.Max(start, at + phrase.Length);
        }
        if (start < 0)
            return null;

        int end = start;
        while (end < text.Length && text[end] != '\n' && !EndsSentence(text, end))
            end++;
        string answer = text[start..end].TrimStart(':', ' ', '*').TrimEnd();
        return answer.Length == 0 ? null : answer;
    }

    private static bool EndsSentence(string text, int i) => text[i] == '.' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]));

    // As Pandoc reads dollars: no space inside next to a dollar and no digit after the closing one, so "$5 and $7" is money.
    private static string? MathSpan(string text)
    {
        string? last = null;
        int open = -1;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == '\n' && i + 1 < text.Length && text[i + 1] == '\n')
                open = -1;
            else if (text[i] == '$')
            {
                bool closes = open >= 0 && i > open + 1 && !char.IsWhiteSpace(text[i - 1]) && !(i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]));
                if (closes)
                    last = text[(open + 1)..i];
                open = !closes && i + 1 < text.Length && !char.IsWhiteSpace(text[i + 1]) ? i : -1;
            }
        }
        return last;
    }
}
