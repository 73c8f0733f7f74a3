using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Parsing;
using Cerise.Data.Tokenizers.PreTokenizers;
using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tests.Tokenizers.PreTokenizers;

public class PieceScannerTests
{
    [Theory]
    [InlineData(Gpt2Scanner.Pattern)]
    [InlineData(Qwen2Scanner.Pattern)]
    [InlineData(Qwen2Scanner.ThreeDigitPattern)]
    [InlineData(CasedWordScanner.Pattern)]
    [InlineData(CasedWordScanner.TekkenPattern)]
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
        char[] alphabet = [' ', '\n', '\t', 'a', '1', '!', '\'', 'A', '\u0301', '\u4E2D', '/'];
        foreach (string pattern in new[] { Gpt2Scanner.Pattern, Qwen2Scanner.Pattern, Qwen2Scanner.ThreeDigitPattern, CasedWordScanner.Pattern, CasedWordScanner.TekkenPattern })
        {
            PieceScanner scanner = PieceScanner.For(pattern)!;
            var regex = new UnicodeRegex(pattern);
            for (int code = 0; code < (int)Math.Pow(alphabet.Length, 4); code++)
            {
                string text = string.Concat(Enumerable.Range(0, 4).Select(i => alphabet[code / (int)Math.Pow(alphabet.Length, i) % alphabet.Length]));
                var expected = new List<(int Start, int End)>();
                regex.FindMatches(text, expected);
                Assert.Equal(expected, Pieces(scanner, text));
            }
        }
    }

    [Fact]
    public void Three_splits_one_after_the_other_are_done_at_once()
    {
        var random = new Random(52);
        SplitPreTokenizer[] splits = [.. DeepSeekScanner.Patterns.Select(pattern =>
            new SplitPreTokenizer(TextPattern.Regex(pattern).FindMatches, SplitBehavior.Isolated) { IsolatedPattern = pattern })];
        var sequence = new SequencePreTokenizer([.. splits, new ByteLevelPreTokenizer(addPrefixSpace: false, useRegex: false, mapsBytes: false)]);
        char[] alphabet = [' ', '\n', '\u00A0', 'a', '1', '!', '\0', '\u0301', '\u4E2D', '\u30FB', '\u3099', '\u3040'];
        for (int i = 0; i < 20_000; i++)
        {
            string text = i % 2 == 0 ? RandomText.Next(random, 12)
                : string.Concat(Enumerable.Range(0, 6).Select(_ => alphabet[random.Next(alphabet.Length)]));
            var expected = new List<Piece>();
            sequence.Split(new Piece(new TrackedText(text, null), 0, text.Length, true), expected);
            Assert.Equal(expected.ConvertAll(piece => (piece.Start, piece.Start + piece.Length)), Pieces(sequence.Scanner!, text));
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
