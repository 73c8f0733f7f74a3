namespace Cerise.Training.Verifiers;

/// <summary>The form of a reasoning response: thinking, then an answer, in tags (DeepSeek-R1, arXiv:2501.12948, section 2.2).</summary>
public static class ResponseFormat
{
    /// <summary>The tag that opens the answer.</summary>
    public const string AnswerOpen = "<answer>";

    /// <summary>The tag that closes the answer.</summary>
    public const string AnswerClose = "</answer>";

    private static readonly string[] Tags = [Thinking.Open, Thinking.Close, AnswerOpen, AnswerClose];

    /// <summary>Whether a response is well-formed.</summary>
    /// <param name="response">The response; a think tag that stands at the end of the prompt must be put back in front.</param>
    /// <param name="mode">What counts as well-formed.</param>
    public static bool Matches(string response, FormatMode mode)
    {
        ArgumentNullException.ThrowIfNull(response);
        return mode switch
        {
            FormatMode.Cerise => MatchesCerise(response.AsSpan().Trim()),
            FormatMode.Trl => MatchesTrl(response),
            FormatMode.OpenR1 => MatchesOpenR1(response),
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "no such mode"),
        };
    }

    /// <summary>Whether a prompt asks for this form: it names the tags of thinking and of the answer, as R1-Zero's template does.</summary>
    public static bool IsAskedFor(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return prompt.Contains(Thinking.Open, StringComparison.Ordinal) && prompt.Contains(AnswerOpen, StringComparison.Ordinal);
    }

    /// <summary>0.25 for each of the four tags that occurs exactly once (open-r1's tag count).</summary>
    public static double TagCount(string response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return 0.25 * Tags.Count(tag => response.AsSpan().Count(tag) == 1);
    }

    private static bool MatchesCerise(ReadOnlySpan<char> text)
    {
        if (!text.StartsWith(Thinking.Open, StringComparison.Ordinal) || !text.EndsWith(AnswerClose, StringComparison.Ordinal))
            return false;
        foreach (string tag in Tags)
            if (text.Count(tag) != 1)
                return false;
        int close = text.IndexOf(Thinking.Close, StringComparison.Ordinal);
        int open = text.IndexOf(AnswerOpen, StringComparison.Ordinal);
        if (close < 0 || open < close)
            return false;
        ReadOnlySpan<char> thought = text[Thinking.Open.Length..close];
        ReadOnlySpan<char> between = text[(close + Thinking.Close.Length)..open];
        ReadOnlySpan<char> answer = text[(open + AnswerOpen.Length)..^AnswerClose.Length];
        return !thought.IsWhiteSpace() && between.IsWhiteSpace() && !answer.IsWhiteSpace();
    }

    // ^<think>(?!.*<think>)(.*?)</think>.*$ matched from the start, where the dot takes newlines too
    private static bool MatchesTrl(string text) => text.StartsWith(Thinking.Open, StringComparison.Ordinal)
        && text.IndexOf(Thinking.Open, Thinking.Open.Length, StringComparison.Ordinal) < 0
        && text.Contains(Thinking.Close, StringComparison.Ordinal);

    // ^<think>\n.*?\n</think>\n<answer>\n.*?\n</answer>$ with an end anchor that also matches before a newline
    private static bool MatchesOpenR1(string text)
    {
        const string Opening = Thinking.Open + "\n", Middle = "\n" + Thinking.Close + "\n" + AnswerOpen + "\n", Closing = "\n" + AnswerClose;
        int middle = text.StartsWith(Opening, StringComparison.Ordinal) ? text.IndexOf(Middle, Opening.Length, StringComparison.Ordinal) : -1;
        if (middle < 0)
            return false;
        int at = middle + Middle.Length;
        while ((at = text.IndexOf(Closing, at, StringComparison.Ordinal)) >= 0)
        {
            at += Closing.Length;
            if (at == text.Length || text[at] == '\n')
                return true;
        }
        return false;
    }
}
