namespace Cerise.Training.Verifiers;

/// <summary>Texts made comparable: lower case, without punctuation and English articles, words one space apart.</summary>
internal static class NormalizedText
{
    private static readonly AnswerRule[] StrictRules = [AnswerRule.AnswerTag, AnswerRule.Boxed, AnswerRule.Phrase];
    private static readonly AnswerRule[] LenientRules = [.. StrictRules, AnswerRule.WholeText];

    public static AnswerRule[] Rules(bool lenient) => lenient ? LenientRules : StrictRules;

    public static string Of(string text) => string.Join(' ', Words(text));

    public static string[] Words(string text)
    {
        string plain = string.Concat(text.Where(c => !char.IsPunctuation(c) && !char.IsSymbol(c))).ToLowerInvariant();
        return [.. plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Where(word => word is not ("a" or "an" or "the"))];
    }
}
