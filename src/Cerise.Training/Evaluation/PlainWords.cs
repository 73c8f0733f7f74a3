namespace Cerise.Training.Evaluation;

/// <summary>A text as lower-case words without punctuation, so that spacing and case cannot hide a copy.</summary>
internal static class PlainWords
{
    public static string[] Of(string text)
    {
        var words = new List<string>();
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            // Surrogates count as letters: rare scripts must not vanish from a comparison.
            bool inside = i < text.Length && (char.IsLetterOrDigit(text[i]) || char.IsSurrogate(text[i]));
            if (inside && start < 0)
                start = i;
            else if (!inside && start >= 0)
            {
                words.Add(text[start..i].ToLowerInvariant());
                start = -1;
            }
        }
        return [.. words];
    }
}
