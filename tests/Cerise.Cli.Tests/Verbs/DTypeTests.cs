using System.Text.Json;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

/// <summary>The flag <c>--dtype</c> of verbs that use a model.</summary>
public sealed class DTypeTests(SmallModel model)
{
    private const string Row = "{\"ids\":[5,6,7,8,9,10]}";

    [Fact]
    public void Scores_are_those_of_a_file_in_that_type()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        foreach (string dtype in (string[])["bfloat16", "float16"])
        {
            string stored = folder.File(dtype);
            Cli.Succeed("init-model", "--out", stored, "--config", model.Model, "--tokenizer", model.Tokenizer, "--seed", "7", "--dtype", dtype);
            string[] ofStored = ["score", "--model", stored, "--input", "-"], ofWide = ["score", "--model", model.Model, "--input", "-"];
            string expected = Cli.RunWithInput(Row, ofStored).Output;
            Assert.NotEqual(Cli.RunWithInput(Row, ofWide).Output, expected);
            Assert.Equal(expected, Cli.RunWithInput(Row, [.. ofWide, "--dtype", dtype]).Output);
            Assert.Equal(expected, Cli.RunWithInput(Row, [.. ofStored, "--dtype", dtype]).Output);
            Assert.Equal(expected, Cli.RunWithInput(Row, [.. ofStored, "--dtype", "auto"]).Output);
        }
    }

    [Fact]
    public void What_is_sampled_with_a_type_is_scored_with_it_to_the_bit()
    {
        JsonElement row = Cli.Succeed(
            "generate", "--model", model.Model, "--prompt", "The line", "--max-new-tokens", "20", "--dtype", "bf16", "--json").Rows.Single();
        int[] prompt = row.Ints("prompt_ids");
        string ids = $"{{\"ids\":[{string.Join(',', prompt.Concat(row.Ints("ids")))}]}}";
        float[] scored = Cli.RunWithInput(ids, "score", "--model", model.Model, "--input", "-", "--dtype", "bfloat16").Rows.Single().Floats("logprobs");
        Assert.Equal(row.Floats("logprobs"), scored[(prompt.Length - 1)..]);
        Cli.RunWithInput("Hello\n/exit\n", "chat", "--model", model.Model, "--max-new-tokens", "3", "--dtype", "float16");
    }

    [Fact]
    public void An_unknown_type_is_misuse() =>
        Assert.StartsWith(
            "generate: --dtype is 'int8'; use float32, bfloat16, float16, auto",
            Cli.Fail(ExitCodes.Misuse, "generate", "--model", model.Model, "--prompt", "x", "--dtype", "int8"));
}
