using Cerise.Data.Tokenizers.PreTokenizers;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tests.Tokenizers.PreTokenizers;

public class PieceScannerTests
{
    [Theory]
    [InlineData(Gpt2Scanner.Pattern)]
    [InlineData(Qwen2Scanner.Pattern)]
    [InlineData(Qwen2Scanner.ThreeDigitPattern)]
    public void A_scanner_splits_as_its_pattern_does(string pattern)
    {
        var random = new Random(51);
        PieceScanner scanner = PieceScanner.For(pattern)!;
        var regex = new UnicodeRegex(pattern);
        for (int i = 0; i < 5000; i++)
        {
            string text = RandomText.Next(random, 30);
            var expected = new List<(int Start, int End)>();
            regex.FindMatches(text, expected);
            Assert.Equal(expected, Pieces(scanner, text));
        }
    }

    [Fact]
    public void Short_texts_over_a_small_alphabet_split_alike_without_exception()
    {
        char[] alphabet = [' ', '\n', '\t', 'a', '1', '!', '\''];
        foreach (string pattern in new[] { Gpt2Scanner.Pattern, Qwen2Scanner.Pattern, Qwen2Scanner.ThreeDigitPattern })
        {
            PieceScanner scanner = PieceScanner.For(pattern)!;
            var regex = new UnicodeRegex(pattern);
            for (int code = 0; code < 7 * 7 * 7 * 7 * 7; code++)
            {
                string text = string.Concat(Enumerable.Range(0, 5).Select(i => alphabet[code / (int)Math.Pow(7, i) % 7]));
                var expected = new List<(int Start, int End)>();
                regex.FindMatches(text, expected);
                Assert.Equal(expected, Pieces(scanner, text));
            }
        }
    }

    [Fact]
    public void Other_patterns_have_no_scanner() => Assert.Null(PieceScanner.For(@"\s+"));

    private static List<(int Start, int End)> Pieces(PieceScanner scanner, string text)
    {
        var pieces = new List<(int Start, int End)>();
        for (int start = 0; start < text.Length; start = pieces[^1].End)
            pieces.Add((start, scanner.NextEnd(text, start)));
        return pieces;
    }
}
