using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Testing;
using Cerise.Training.Rollouts;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Rollouts;

public class PromptTests
{
    [Fact]
    public void Prompts_keep_every_column_of_their_row()
    {
        Prompt prompt = Assert.Single(Read("""{"prompt":"ab","answer":12,"more":{"a":[1]}}"""));
        Assert.Equal("ab", prompt.Text);
        Assert.Equal(Toy.Tokenizer.Encode("ab"), prompt.Ids);
        Assert.Equal(["answer", "more", "prompt"], prompt.Columns.Keys.Order());
        Assert.Equal("12", prompt.Columns["answer"].ToString());
        Assert.Equal("""{"a":[1]}""", prompt.Columns["more"].GetRawText());
    }

    [Fact]
    public void A_template_builds_the_prompt_from_the_question()
    {
        Prompt prompt = Assert.Single(Read("""{"question":"1+1?","answer":"2"}""", "Q: {question}\nA:"));
        Assert.Equal("Q: 1+1?\nA:", prompt.Text);
    }

    [Theory]
    [InlineData("""{"prompt":"ab"}""", null)]
    [InlineData("""{"question":"b"}""", "a{question}")]
    public void A_tokenizer_that_ends_texts_does_not_end_prompts(string line, string? template)
    {
        Assert.NotEqual(Toy.Tokenizer.Encode("ab"), Toy.EndingTokenizer.Encode("ab"));
        Assert.Equal(Toy.Tokenizer.Encode("ab"), Assert.Single(Read(line, template, Toy.EndingTokenizer)).Ids);
    }

    [Theory]
    [InlineData(null, "prompt")]
    [InlineData("Q: {question}", "question")]
    public void A_missing_column_is_named_with_file_and_line(string? template, string column)
    {
        DatasetException error = Assert.Throws<DatasetException>(() => Read("""{"text":"ab"}""", template));
        Assert.Contains($"'{column}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("rows.jsonl:1", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<Prompt> Read(string line, string? template = null, Tokenizer? tokenizer = null)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("rows.jsonl"), line + "\n");
        return Prompt.Read(JsonlReader.Read(folder.File("rows.jsonl")), new ChatTokenizer(tokenizer ?? Toy.Tokenizer, null), template);
    }
}
