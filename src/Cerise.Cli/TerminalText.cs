using System.Buffers;

namespace Cerise.Cli;

/// <summary>Text that comes from files, made harmless for a terminal: nothing in it moves the cursor, changes colours or turns the line's direction around.</summary>
internal static class TerminalText
{
    private const char Replacement = '\uFFFD';

    // C0 and C1 controls, line and paragraph separators, and the marks that override or isolate a direction of writing.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [.. Characters(0, 0x1F), .. Characters(0x7F, 0x9F), .. Characters(0x2028, 0x202E), .. Characters(0x2066, 0x2069)]);

    /// <summary>The text with line breaks and tabs as they are, and a replacement character for whatever else a terminal would act on.</summary>
    public static string Safe(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().IndexOfAny(Unsafe) < 0 ? text
            : string.Create(text.Length, text, static (safe, from) =>
            {
                for (int i = 0; i < from.Length; i++)
                    safe[i] = from[i] is '\n' or '\t' || !Unsafe.Contains(from[i]) ? from[i] : Replacement;
            });
    }

    private static IEnumerable<char> Characters(int first, int last) => Enumerable.Range(first, last - first + 1).Select(at => (char)at);
}
