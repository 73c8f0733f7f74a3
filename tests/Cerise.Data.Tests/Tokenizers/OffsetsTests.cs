using Cerise.Data.Tokenizers.Unicode;
using Cerise.Testing;

namespace Cerise.Data.Tests.Tokenizers;

/// <summary>Which characters of the text each token stands for.</summary>
public class OffsetsTests
{
    [Fact]
    public void Byte_level_tokens_cover_the_text_from_end_to_end()
    {
        var random = new Random(61);
        Tokenizer[] tokenizers = [Tokenizer.Load(TestPaths.SharedData("tokenizers/gpt2")), Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5")), TinyTokenizer.Trained];
        for (int i = 0; i < 1500; i++)
        {
            string text = UnicodeForm.C.Normalize(RandomText.Next(random, 40));
            foreach (Tokenizer tokenizer in tokenizers)
            {
                (int Id, int Start, int End)[] tokens = tokenizer.EncodeWithOffsets(text, addSpecialTokens: false);
                Assert.Equal(tokenizer.Encode(text, addSpecialTokens: false), tokens.Select(token => token.Id));
                int covered = 0;
                foreach ((int id, int start, int end) in tokens)
                {
                    Assert.True(start < end && start <= covered && end >= covered, $"'{text}': {start}..{end} after {covered}");
                    if (start == covered && !tokenizer.IsSpecial(id) && tokenizer.Decode([id]) is var piece && !piece.Contains('\uFFFD', StringComparison.Ordinal))
                        Assert.Equal(piece, text[start..end]);
                    covered = end;
                }
                Assert.Equal(text.Length, covered);
            }
        }
    }

    [Fact]
    public void A_composed_character_has_the_range_of_its_parts()
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5"));
        string text = "x e\u0301\u0327y";
        (int Id, int Start, int End)[] tokens = tokenizer.EncodeWithOffsets(text);
        Assert.Equal(tokenizer.Encode(text), tokens.Select(token => token.Id));
        Assert.Equal((0, text.Length), (tokens[0].Start, tokens[^1].End));
        Assert.Contains(tokens, token => token.Start <= 2 && token.End >= 4);
    }

    [Fact]
    public void Sentencepiece_tokens_point_into_the_text_without_the_space_before_it()
    {
        Tokenizer tokenizer = Tokenizer.Load(TestPaths.SharedData("models/stories260K"));
        string text = "the cat \U0001F600 sat";
        (int Id, int Start, int End)[] tokens = tokenizer.EncodeWithOffsets(text);
        Assert.Equal(tokenizer.Encode(text), tokens.Select(token => token.Id));
        Assert.Equal((1, 0, 0), tokens[0]);
        Assert.Equal(0, tokens[1].Start);
        Assert.Equal(4, tokens.Count(token => (token.Start, token.End) == (8, 10)));              // the four bytes of the emoji
        Assert.Equal(text.Length, tokens[^1].End);
        for (int i = 1; i < tokens.Length; i++)
            Assert.True(tokens[i].Start <= tokens[i].End && tokens[i].Start >= tokens[i - 1].Start);
    }

    [Fact]
    public void Added_tokens_have_their_own_characters_and_the_spaces_they_take()
    {
        (int Id, int Start, int End)[] tokens = TinyTokenizer.Trained.EncodeWithOffsets("the<|endoftext|>cat");
        Assert.Contains((0, 3, 16), tokens);
    }
}
