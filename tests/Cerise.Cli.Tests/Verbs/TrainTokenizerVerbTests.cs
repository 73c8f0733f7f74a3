using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class TrainTokenizerVerbTests(SmallModel model)
{
    [Fact]
    public void Text_and_rows_with_the_same_lines_give_the_same_files()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string rows = string.Concat(File.ReadLines(model.Text).Select(line => $"{{\"story\":\"{line}\\n\"}}\n"));
        Cli.Outcome outcome = Cli.RunWithInput(
            rows, "train-tokenizer", "--input", "-", "--column", "story", "--vocab-size", "300", "--out", folder.Path);
        Assert.Equal(ExitCodes.Done, outcome.Code);
        Assert.Equal(File.ReadAllBytes(Path.Combine(model.Tokenizer, "tokenizer.json")), File.ReadAllBytes(folder.File("tokenizer.json")));
    }

    [Fact]
    public void Several_files_may_follow_one_flag_or_several()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string[] common = ["train-tokenizer", "--vocab-size", "310"];
        Cli.Succeed([.. common, "--out", folder.File("one"), "--input", model.Text, model.Text]);
        Cli.Succeed([.. common, "--out", folder.File("two"), "--input", model.Text, "--input", model.Text]);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(folder.File("one"), "tokenizer.json")),
            File.ReadAllBytes(Path.Combine(folder.File("two"), "tokenizer.json")));
    }

    [Fact]
    public void Special_tokens_get_the_first_ids()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string[] special = ["--special", "<a>", "--special", "<b>", "--eos", "<end>"];
        Cli.Succeed(["train-tokenizer", "--input", model.Text, "--vocab-size", "300", "--out", folder.Path, .. special]);
        Assert.Equal(
            "{\"ids\":[0,1,2]}\n", Cli.RunWithInput("{\"text\":\"<end><a><b>\"}", "tokenize", "--tokenizer", folder.Path, "--input", "-").Output);
    }

    [Fact]
    public void Numbers_are_cut_into_digits_by_qwen2_and_not_by_gpt2()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("numbers.txt"), string.Concat(Enumerable.Repeat("1234 ", 100)));
        Assert.Equal(4, Tokens("qwen2"));
        Assert.Equal(1, Tokens("gpt2"));

        int Tokens(string preTokenizer)
        {
            string made = folder.File(preTokenizer);
            Cli.Succeed(
                "train-tokenizer", "--input", folder.File("numbers.txt"), "--vocab-size", "300", "--out", made, "--pre-tokenizer", preTokenizer);
            return Cli.RunWithInput("{\"text\":\"1234\"}", "tokenize", "--tokenizer", made, "--input", "-").Rows.Single().Ints("ids").Length;
        }
    }

    [Fact]
    public void Settings_that_cannot_be_are_misuse()
    {
        Assert.Contains(
            "VocabSize is 257",
            Cli.Fail(ExitCodes.Misuse, "train-tokenizer", "--input", model.Text, "--vocab-size", "257", "--out", "x", "--special", "<a>"));
        Assert.Contains(
            "--pre-tokenizer is 'bert'; use qwen2, gpt2.",
            Cli.Fail(ExitCodes.Misuse, "train-tokenizer", "--input", "x", "--vocab-size", "300", "--out", "x", "--pre-tokenizer", "bert"));
    }

    [Fact]
    public void A_missing_text_is_named() =>
        Assert.StartsWith(
            "no/such.txt: does not exist.",
            Cli.Fail(ExitCodes.Failed, "train-tokenizer", "--input", "no/such.txt", "--vocab-size", "300", "--out", "x"));
}
