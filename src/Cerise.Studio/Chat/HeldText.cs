namespace Cerise.Studio.Chat;

/// <summary>How much of a growing text must be held back because it may be the beginning of a marker.</summary>
internal static class HeldText
{
    /// <summary>The most white space that is held back before a marker; more is passed on, so that endless blank lines cost nothing.</summary>
    private const int MostSpace = 64;

    /// <summary>Length of the longest end of the text that is a beginning of the marker, but not all of it.</summary>
    public static int Beginning(ReadOnlySpan<char> text, string marker)
    {
        int length = Math.Min(marker.Length - 1, text.Length);
        while (!marker.AsSpan().StartsWith(text[^length..]))
            length--;
        return length;
    }

    /// <summary>Length of the white space at the end of the text.</summary>
    public static int Space(ReadOnlySpan<char> text)
    {
        int length = text.Length - text.TrimEnd().Length;
        return length <= MostSpace ? length : 0;
    }
}
