using System.Text.Json;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class VerifyVerbTests
{
    [Fact]
    public void Verdicts_on_published_model_solutions_are_the_published_ones()
    {
        string file = TestPaths.SharedData("gsm8k/gsm8k_model_solutions.jsonl");
        bool[] expected = [.. File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("equal").GetBoolean())];
        Assert.Equal(expected, Cli.Succeed("verify", "gsm8k", "--input", file).Rows.Select(row => row.GetProperty("equal").GetBoolean()));
    }

    [Theory]
    [InlineData("gsm8k", """{"gold":"#### 18","answer":"so 18"}""", """{"equal":true,"score":1,"reason":"equal","extracted":"18"}""")]
    [InlineData("gsm8k", """{"gold":18,"answer":18}""", """{"equal":true,"score":1,"reason":"equal","extracted":"18"}""")]
    [InlineData("gsm8k", """{"gold":"18","answer":"17"}""", """{"equal":false,"score":0,"reason":"not 18","extracted":"17"}""")]
    [InlineData(
        "countdown", """{"numbers":[3,5,7],"target":15,"answer":"3+5+7"}""", """{"equal":true,"score":1,"reason":"equal","extracted":"3+5+7"}""")]
    public void A_row_gives_its_verdict(string kind, string row, string expected) =>
        Assert.Equal(expected + "\n", Cli.RunWithInput(row, "verify", kind, "--input", "-").Output);

    [Fact]
    public void A_gold_answer_that_cannot_be_read_is_neither_right_nor_wrong() =>
        Assert.Equal(
            JsonValueKind.Null,
            Cli.RunWithInput("{\"gold\":\"many\",\"answer\":\"18\"}", "verify", "gsm8k", "--input", "-").Rows[0].GetProperty("equal").ValueKind);

    [Fact]
    public void Strict_looks_in_the_marked_places_alone()
    {
        const string row = "{\"gold\":\"18\",\"answer\":\"so 18\"}";
        Assert.False(Cli.RunWithInput(row, "verify", "gsm8k", "--input", "-", "--strict").Rows.Single().GetProperty("equal").GetBoolean());
    }

    [Fact]
    public void Format_has_modes()
    {
        const string row = "{\"answer\":\"<think>a</think> b\"}";
        Assert.True(Cli.RunWithInput(row, "verify", "format", "--input", "-", "--mode", "trl").Rows.Single().GetProperty("equal").GetBoolean());
        Assert.False(Cli.RunWithInput(row, "verify", "format", "--input", "-").Rows.Single().GetProperty("equal").GetBoolean());
    }

    [Fact]
    public void An_unknown_kind_names_the_nearest_one() =>
        Assert.StartsWith("verify: unknown kind 'gsm8'; did you mean 'gsm8k'?", Cli.Fail(ExitCodes.Misuse, "verify", "gsm8", "--input", "-"));

    [Fact]
    public void A_row_without_an_answer_is_named() =>
        Assert.StartsWith(
            "-:1: column 'answer' is missing", Cli.Fail(ExitCodes.Failed, new StringReader("{\"gold\":\"1\"}"), "verify", "gsm8k", "--input", "-"));
}
