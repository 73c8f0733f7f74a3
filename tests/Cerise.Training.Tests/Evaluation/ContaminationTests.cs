using Cerise.Training.Evaluation;

namespace Cerise.Training.Tests.Evaluation;

public class ContaminationTests
{
    private const string Item = "a quick brown fox jumps over the lazy dog";
    private const string Training = "The quick, brown fox jumps over the lazy dog - today!";

    [Fact]
    public void V115_shared_n_grams()
    {
        Assert.Equal(1, NGramOverlap.Between(Item, Training, 8).Shared);
        NGramOverlap five = NGramOverlap.Between(Item, Training, 5);
        Assert.Equal((5, 4), (five.Total, five.Shared));
        Assert.Equal(8.0 / 9, five.CoveredWords, 1e-12);
    }

    [Fact]
    public void A_text_shorter_than_the_run_shares_nothing() => Assert.Equal(new NGramOverlap(0, 0, 0), NGramOverlap.Between("one two", "one two", 3));

    [Theory]
    [InlineData("User: Anna has 12 pears. How many has she? Assistant: 12", "Anna has 12 pears. How many has she?")]
    [InlineData("ANNA HAS 12   PEARS\nhow many has she", "Anna has 12 pears. How many has she?")]
    [InlineData("Anna has 13 pears. How many has she?", null)]
    [InlineData("Anna has 12 pears. How many has", null)]
    [InlineData("so Tom runs and hides", "Tom runs.")]
    [InlineData("", null)]
    public void A_whole_question_is_found_inside_a_text(string text, string? expected)
    {
        var index = new QuestionIndex(["Tom runs.", "Anna has 12 pears. How many has she?", "...", "Anna has 12 pears. How many had she?"]);
        Assert.Equal(3, index.Count);
        Assert.Equal(expected, index.FindIn(text));
    }

    [Fact]
    public void Long_questions_are_told_apart_by_their_end()
    {
        string[] questions = [.. Enumerable.Range(0, 200).Select(i => $"one two three four five six seven eight nine ten eleven twelve thirteen {i}?")];
        var index = new QuestionIndex(questions);
        Assert.Equal(questions[123], index.FindIn($"filler words and then {questions[123].ToUpperInvariant()} and more"));
        Assert.Null(index.FindIn("one two three four five six seven eight nine ten eleven twelve thirteen 777"));
        Assert.Null(new QuestionIndex([]).FindIn("anything"));
    }
}
