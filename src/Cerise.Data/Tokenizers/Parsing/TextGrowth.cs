namespace Cerise.Data.Tokenizers.Parsing;

/// <summary>Bounds what the steps of a tokenizer may make of a text: each may lengthen it a little, but a file can list any number of them.</summary>
/// <remarks>The longest that a step of a published tokenizer makes of a text is eighteen times its length (a compatibility decomposition).</remarks>
internal static class TextGrowth
{
    private const int Factor = 100;
    private const int Floor = 1 << 16;
    private const int LongestReplacement = 1000;

    /// <summary>What a step puts in place of every match.</summary>
    /// <exception cref="TokenizerException">It is longer than any real one.</exception>
    public static string Replacement(FileNode node) => node.String() is { Length: <= LongestReplacement } text ? text
        : throw node.Fail($"a replacement of {node.String().Length} characters is too long; at most {LongestReplacement} are allowed");

    /// <summary>Checks a text after a step.</summary>
    /// <param name="before">UTF-16 units before the first step.</param>
    /// <param name="after">UTF-16 units now.</param>
    /// <exception cref="TokenizerException">The text has become too long.</exception>
    public static void Check(long before, long after)
    {
        if (after > Floor + (before * Factor))
            throw new TokenizerException($"the tokenizer makes a text of {before} characters more than {Factor} times as long. Its file repeats steps that lengthen a text; fetch it again");
    }
}
