namespace Cerise.Training.Verifiers;

/// <summary>The beginning of a text on one line, for messages.</summary>
internal static class Excerpt
{
    public static string Of(string text, int length = 60)
    {
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= length ? line : string.Concat(line.AsSpan(0, length), "...");
    }
}
