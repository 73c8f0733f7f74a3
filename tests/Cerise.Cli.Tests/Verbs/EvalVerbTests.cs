using System.Text.Json;

namespace Cerise.Cli.Tests.Verbs;

public sealed class EvalVerbTests(SmallModel model)
{
    private const string Row = "{\"prompt\":\"2 + 3 =\",\"question\":\"2 + 3\",\"answer\":\"5\"}";

    [Theory]
    [InlineData(null)]
    [InlineData(0.0, "--format", "trl")]
    [InlineData(0.0, "--template", "Use <think> and <answer>. {question}")]
    public void The_form_is_judged_only_where_it_is_asked_for(double? share, params string[] flags)
    {
        JsonElement wellFormed = Eval([.. flags, "--json"]).Rows.Single().GetProperty("well_formed");
        Assert.Equal(share, wellFormed.ValueKind == JsonValueKind.Null ? null : wellFormed.GetDouble());
        Assert.Equal(share is not null, Eval(flags).Output.Contains("well-formed  0.0 %\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Shares_are_written_with_their_interval() =>
        Assert.StartsWith("problems     1\npass@1       0.0 % (95 % interval 0.0 % to 79.3 %)\nmean length  ", Eval([]).Output);

    private Cli.Outcome Eval(string[] flags) =>
        Cli.RunWithInput(Row, ["eval", "--model", model.Model, "--task", "gsm8k", "--data", "-", "--max-new-tokens", "4", "--greedy", .. flags]);
}
