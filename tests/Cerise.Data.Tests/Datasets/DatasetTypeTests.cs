using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Datasets;

public sealed class DatasetTypeTests
{
    [Theory]
    [InlineData("""{"text":"a"}""", DatasetKind.LanguageModeling, false)]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", DatasetKind.LanguageModeling, true)]
    [InlineData("""{"prompt":"a","answer":"b"}""", DatasetKind.PromptOnly, false)]
    [InlineData("""{"prompt":[{"role":"user","content":"a"}]}""", DatasetKind.PromptOnly, true)]
    [InlineData("""{"prompt":"a","completion":"b"}""", DatasetKind.PromptCompletion, false)]
    [InlineData("""{"prompt":"a","completion":"b","label":false}""", DatasetKind.UnpairedPreference, false)]
    [InlineData("""{"prompt":"a","completion":"b","label":null}""", DatasetKind.PromptCompletion, false)]
    [InlineData("""{"prompt":"p","chosen":"a","rejected":"b"}""", DatasetKind.Preference, false)]
    [InlineData("""{"chosen":[{"role":"user","content":"a"}],"rejected":[]}""", DatasetKind.Preference, true)]
    public void Kinds_are_told_by_columns(string json, DatasetKind kind, bool conversational)
        => Assert.Equal(new DatasetType(kind, conversational), DatasetType.Detect(Parse(json)));

    [Fact]
    public void Real_preferences_are_recognised()
    {
        Assert.Equal(new DatasetType(DatasetKind.Preference, false), First("preferences/hh_harmless_base_eval.jsonl"));
        Assert.Equal(new DatasetType(DatasetKind.Preference, false), First("preferences/llmbar.jsonl"));
        Assert.Equal(new DatasetType(DatasetKind.Preference, true), First("preferences/dpo_en_demo_conversational.jsonl"));
        Assert.Equal(new DatasetType(DatasetKind.PromptOnly, false), First("instructions/ifeval_prompts.jsonl"));

        static DatasetType First(string file) => DatasetType.Detect(JsonlReader.Read(TestPaths.SharedData(file)).First());
    }

    [Fact]
    public void Columns_of_no_kind_are_listed_with_those_expected()
    {
        Row row = Parse("""{"question":"a","answer":"b"}""");
        Assert.Equal("x:1: has the columns 'question', 'answer'; expected are chosen + rejected, or prompt + completion + label, or prompt + completion, " +
            "or messages, or text, or prompt. Rename the columns, or map them to these names.", Assert.Throws<DatasetException>(() => DatasetType.Detect(row)).Message);
        Assert.Equal("x:1: has the columns 'question', 'answer'; expected are prompt. Rename the columns, or map them to these names.",
            Assert.Throws<DatasetException>(() => DatasetType.Require(row, DatasetKind.PromptOnly)).Message);
        Assert.Contains("has the columns (none)", Assert.Throws<DatasetException>(() => DatasetType.Detect(Parse("{}"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_gets_the_kind_it_can_use()
    {
        Row row = Parse("""{"prompt":"a","completion":"b","label":true}""");
        Assert.Equal(DatasetKind.PromptOnly, DatasetType.Require(row, DatasetKind.PromptOnly).Kind);
        Assert.Equal(DatasetKind.PromptCompletion, DatasetType.Require(row, DatasetKind.PromptOnly, DatasetKind.PromptCompletion).Kind);
    }

    [Theory]
    [InlineData("""{"prompt":7}""", "column 'prompt' is neither a string nor a list of messages with a 'role' each.")]
    [InlineData("""{"prompt":[]}""", "column 'prompt' is neither a string nor a list of messages with a 'role' each.")]
    [InlineData("""{"prompt":["a"]}""", "column 'prompt' is neither a string nor a list of messages with a 'role' each.")]
    [InlineData("""{"messages":"a"}""", "column 'messages' is no list of messages with a 'role' each.")]
    [InlineData("""{"text":[{"role":"user"}]}""", "column 'text' is no string.")]
    public void A_text_of_another_type_is_refused(string json, string expected)
        => Assert.Equal("x:1: " + expected, Assert.Throws<DatasetException>(() => DatasetType.Detect(Parse(json))).Message);

    private static Row Parse(string json) => Row.Parse(System.Text.Encoding.UTF8.GetBytes(json), "x");
}
