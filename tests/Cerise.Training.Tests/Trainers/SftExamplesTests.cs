using Cerise.Training.Batches;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class SftExamplesTests
{
    private static readonly int End = Toy.Tokenizer.EosId!.Value;

    [Fact]
    public void A_completion_is_ended_and_trained_to_its_end()
    {
        TokenSequence example = Tokenize("ab", "cde", new SftOptions())!;
        Assert.Equal([.. Toy.Tokenizer.Encode("abcde"), End], example.Ids);
        Assert.Equal([false, false, true, true, true, true], example.Trained);
    }

    [Fact]
    public void One_that_ends_itself_is_not_ended_twice() => Assert.Equal([.. Toy.Tokenizer.Encode("abc"), End], Tokenize("ab", "c<|endoftext|>", new SftOptions())!.Ids);

    [Fact]
    public void The_prompt_is_trained_too_where_asked_for() => Assert.Equal(5, Tokenize("ab", "cde", new SftOptions { CompletionOnlyLoss = false })!.TrainedCount);

    [Theory]
    [InlineData(6, "abcde", true)]
    [InlineData(5, "abcde", false)]
    [InlineData(4, "abcd", false)]
    [InlineData(3, "abc", false)]
    public void A_cut_completion_keeps_its_start_and_gets_no_end(int maxLength, string text, bool ended)
    {
        TokenSequence example = Tokenize("ab", "cde", new SftOptions { MaxLength = maxLength })!;
        Assert.Equal(ended ? [.. Toy.Tokenizer.Encode(text), End] : Toy.Tokenizer.Encode(text), example.Ids);
        Assert.Equal(maxLength - 2, example.TrainedCount);
    }

    [Fact]
    public void A_prompt_that_fills_the_length_leaves_no_example() => Assert.Null(Tokenize("ab", "cde", new SftOptions { MaxLength = 2 }));

    [Fact]
    public void An_empty_completion_is_its_end() => Assert.Equal([.. Toy.Tokenizer.Encode("ab"), End], Tokenize("ab", "", new SftOptions())!.Ids);

    private static TokenSequence? Tokenize(string prompt, string completion, SftOptions options) => Toy.Example(prompt, completion, options);
}
