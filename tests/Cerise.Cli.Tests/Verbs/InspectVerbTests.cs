using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class InspectVerbTests(SmallModel model)
{
    [Fact]
    public void Rows_are_shown_with_columns_and_counts()
    {
        Cli.Outcome outcome = Cli.RunWithInput(
            "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"c\",\"completion\":null}\n", "inspect", "-", "--rows", "1");
        Assert.Equal(
            "row 1\n  prompt: \"a\"\n  completion: \"b\"\n2 rows, prompt completion\n  completion: 1 filled\n  prompt: 2 filled\n", outcome.Output);
    }

    [Fact]
    public void A_tokenizer_shows_tokens_and_mask()
    {
        string output = Cli.RunWithInput("{\"prompt\":\"x\",\"completion\":\" y\"}", "inspect", "-", "--tokenizer", model.Tokenizer).Output;
        Assert.Contains("  prompt tokens (mask 0): 1: 88:\"x\"\n", output);
        Assert.Contains("  completion tokens (mask 1): 2: ", output);
        Assert.Contains("  completion: 1 filled, 2 tokens, 2.0 on average, 2 at most\n", output);
    }

    [Fact]
    public void A_fault_in_any_row_is_found() =>
        Assert.StartsWith("-:5", Cli.Fail(ExitCodes.Failed, new StringReader("{\"text\":\"a\"}\n{}\n{}\n{}\nnonsense"), "inspect", "-"));

    [Fact]
    public void A_recipe_is_shown_with_overrides_and_defaults()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("r.yaml"), "stages:\n  - stage: tokenizer\n    data: corpus.jsonl\n");
        string output = Cli.Succeed("inspect", folder.File("r.yaml"), "--set", "seed=5").Output;
        Assert.StartsWith("name: r\nseed: 5\nstages:\n  - stage: tokenizer\n    name: tokenizer\n    data: corpus.jsonl\n    vocab_size: ", output);
    }

    [Fact]
    public void A_faulty_recipe_names_file_and_line()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("r.yaml"), "stages:\n  - stage: evaluat\n");
        Assert.Contains("r.yaml:2", Cli.Fail(ExitCodes.Failed, "inspect", folder.File("r.yaml")));
        Assert.Contains("no.yaml", Cli.Fail(ExitCodes.Failed, "inspect", folder.File("no.yaml")));
    }
}
