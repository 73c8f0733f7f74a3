namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Code points of UTF-16 text, where half a surrogate pair counts as one.</summary>
internal static class CodePoint
{
    /// <summary>UTF-16 units of the code point that begins at an index.</summary>
    public static int LengthAt(ReadOnlySpan<char> text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) ? 2 : 1;

    /// <summary>The code point that begins at an index.</summary>
    public static int At(ReadOnlySpan<char> text, int index) =>
        LengthAt(text, index) == 2 ? char.ConvertToUtf32(text[index], text[index + 1]) : text[index];

    public static int Count(ReadOnlySpan<char> text)
    {
        int count = 0;
        for (int at = 0; at < text.Length; at += LengthAt(text, at))
            count++;
        return count;
    }

    /// <summary>The UTF-16 index of a code point.</summary>
    public static int Offset(ReadOnlySpan<char> text, int codePoint)
    {
        int at = 0;
        for (; codePoint > 0; codePoint--)
            at += LengthAt(text, at);
        return at;
    }

    /// <summary>The UTF-16 index of every code point.</summary>
    public static int[] Offsets(ReadOnlySpan<char> text)
    {
        int[] offsets = new int[Count(text)];
        for (int at = 0, i = 0; at < text.Length; at += LengthAt(text, at))
            offsets[i++] = at;
        return offsets;
    }

    /// <summary>Order by code points, which for UTF-16 is not the order of its units.</summary>
    public static int Compare(string left, string right)
    {
        int common = left.AsSpan().CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
            return left.Length - right.Length;
        char a = left[common], b = right[common];
        bool surrogateA = char.IsSurrogate(a), surrogateB = char.IsSurrogate(b);
        return surrogateA == surrogateB ? a - b : surrogateA ? 1 : -1;
    }

    /// <summary>White space as str.strip and str.split see it.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\x1c' and <= '\x1f';

    /// <summary>A text as str() of the code point.</summary>
    public static string ToText(int codePoint) => codePoint is >= 0xD800 and <= 0xDFFF ? ((char)codePoint).ToString() : char.ConvertFromUtf32(codePoint);
}
