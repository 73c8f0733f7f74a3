using System.Text;

namespace Cerise.Data.Tests.Tokenizers;

/// <summary>Seeded random text of the kinds that trip tokenizers up.</summary>
internal static class RandomText
{
    private static readonly string[] Fragments =
        ["'s", "'LL", "'\u017F", "  ", "\r\n", "\n\n", "\u00A0", "\u3000", "123", "\u0663", "e\u0301", "\u1100\u1161\u11A8", "\uAC01", "\uFB01", "\U0001F600", "\U0001D400\U0001D7CE",
        "\U00020000", "the", " The", "<|endoftext|>", "\u200D", "\uFFFD", "\0", "\u2581", "\u0327\u0301", "\u212B"];

    /// <summary>Well-formed text of up to so many pieces.</summary>
    public static string Next(Random random, int pieces)
    {
        var text = new StringBuilder();
        for (int count = random.Next(pieces + 1); count > 0; count--)
            text.Append(random.Next(4) switch
            {
                0 => ((char)random.Next(0x20, 0x7F)).ToString(),
                1 => Fragments[random.Next(Fragments.Length)],
                2 => new Rune((char)random.Next(0xA0, 0xD800)).ToString(),
                _ => new Rune(random.Next(2) == 0 ? random.Next(0x300, 0x700) : random.Next(0x10000, 0x32000)).ToString(),
            });
        return text.ToString();
    }

    /// <summary>Text with unpaired surrogates in it.</summary>
    public static string NextIllFormed(Random random, int pieces)
    {
        var text = new StringBuilder(Next(random, pieces));
        for (int i = 0; i < 3; i++)
            text.Insert(random.Next(text.Length + 1), (char)random.Next(0xD800, 0xE000));
        return text.ToString();
    }
}
