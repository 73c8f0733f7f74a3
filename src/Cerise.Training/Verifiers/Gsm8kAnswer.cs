namespace Cerise.Training.Verifiers;

/// <summary>GSM8K's own way to mark an answer: a number after <c>#### </c> (Cobbe et al. 2021, arXiv:2110.14168).</summary>
public static class Gsm8kAnswer
{
    private const string Marker = "#### ";

    /// <summary>The dataset's answer: what follows the last marker, without thousands separators; the whole text where there is no marker.</summary>
    public static string Gold(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        int at = answer.LastIndexOf(Marker, StringComparison.Ordinal);
        return (at < 0 ? answer : answer[(at + Marker.Length)..]).Replace(",", "", StringComparison.Ordinal).Trim();
    }

    /// <summary>The run of digits, signs, points and commas after the last marker, without commas and without a final point; null where there is none.</summary>
    public static string? Strict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.LastIndexOf(Marker, StringComparison.Ordinal);
        if (at < 0)
            return null;
        int start = at + Marker.Length;
        int end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is '-' or '.' or ','))
            end++;
        string number = text[start..end].Replace(",", "", StringComparison.Ordinal).TrimEnd('.');
        return number.Length == 0 ? null : number;
    }
}
