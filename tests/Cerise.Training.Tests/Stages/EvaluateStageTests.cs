using System.Text.Json;
using Cerise.Data;
using Cerise.Training.Evaluation;
using Cerise.Training.Runs;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Stages;

public sealed class EvaluateStageTests : IDisposable
{
    private readonly SmallRun _small = new();

    public EvaluateStageTests()
    {
        _small.SaveModel("toy");
        _small.Write("problems.jsonl", [.. Enumerable.Range(0, 10).Select(i => $$"""{"prompt":"p{{i}}:","answer":"{{(i < 4 ? "yes" : "no")}}"}""")]);
        _small.Rewards.Verifiers.Register("gold", _ => new GoldVerifier());
    }

    [Fact]
    public void One_sample_a_problem_has_Wilsons_interval()
    {
        string run = _small.Run(Recipe("samples: 1"));
        EvaluationTable table = Assert.Single(EvaluationTable.Read(run));
        Assert.Equal("toys", table.Task);
        EvaluationRow row = Assert.Single(table.Rows);
        Interval interval = Wilson.Of(4, 10);
        Assert.Equal(("a", 0.4, interval.Low, interval.High, 10), (row.Model, row.Accuracy, row.Low, row.High, row.Problems));
        JsonElement[] samples = [.. Samples(run)];
        Assert.Equal(10, samples.Length);
        Assert.Equal(samples.Average(sample => sample.GetProperty("tokens").GetInt32()), row.MeanLength, 1e-12);
        Assert.Equal(4, samples.Count(sample => sample.GetProperty("rewards").GetProperty("correct").GetDouble() == 1));
        Assert.All(samples, sample => Assert.Equal(("evaluate", 1), (sample.GetProperty("stage").GetString(), sample.GetProperty("step").GetInt32())));
    }

    [Theory]
    [InlineData("samples: 1", "p", null)]                                   // nobody asked for a form, so that nothing is said of it
    [InlineData("format: cerise", "p", 0.0)]
    [InlineData("samples: 1", "Use <think> </think> and <answer> </answer> tags. p", 0.0)]
    public void The_form_is_judged_only_where_it_is_asked_for(string setting, string prompt, double? share)
    {
        _small.Write("problems.jsonl", $$"""{"prompt":"{{prompt}}","answer":"yes"}""");
        string run = _small.Run(Recipe(setting));
        Assert.Equal(share, Assert.Single(Assert.Single(EvaluationTable.Read(run)).Rows).WellFormed);
        string[] judged = share is null ? ["correct"] : ["correct", "well_formed"];
        Assert.All(Samples(run), sample => Assert.Equal(judged, sample.GetProperty("rewards").EnumerateObject().Select(reward => reward.Name)));
        Assert.Equal(share is not null, File.ReadAllText(Path.Combine(run, "report.html")).Contains("<th>well-formed</th>", StringComparison.Ordinal));
    }

    [Fact]
    public void A_recipe_that_rewards_a_form_asks_for_it()
    {
        string grpo = Recipe("samples: 1").Replace("stages:\n", """
            stages:
              - stage: grpo
                model: DIR/toy
                data: DIR/problems.jsonl
                max_steps: 1
                num_generations: 2
                max_completion_length: 2
                rewards: [{name: REWARD}]

            """, StringComparison.Ordinal);
        Assert.Equal(0.0, EvaluationTable.Read(_small.Run(grpo.Replace("REWARD", "format, settings: {mode: trl}", StringComparison.Ordinal)))[0].Rows[0].WellFormed);
        Assert.Null(EvaluationTable.Read(_small.Run(grpo.Replace("REWARD", "constant", StringComparison.Ordinal), "other"))[0].Rows[0].WellFormed);
    }

    [Fact]
    public void Several_samples_are_clustered_by_problem()
    {
        EvaluationRow row = EvaluationTable.Read(_small.Run(Recipe("samples: 3")))[0].Rows[0];
        double half = Wilson.Z95 * ClusteredMean.Of([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]).StandardError;
        Assert.Equal(0.4, row.Accuracy, 1e-12);
        Assert.Equal((0.4 - half, 0.4 + half, 10), (row.Low, row.High, row.Problems));
    }

    [Fact]
    public void All_models_see_the_same_problems_and_random_numbers()
    {
        string run = _small.Run(Recipe("models: [{name: a, model: DIR/toy}, {name: b, model: DIR/toy}]"));
        EvaluationRow[] rows = [.. EvaluationTable.Read(run)[0].Rows];
        Assert.Equal(rows[0] with { Model = "b" }, rows[1]);
        string[] texts = [.. Samples(run).Select(sample => sample.GetProperty("completion").GetString()!)];
        Assert.Equal(texts[..10], texts[10..]);
        Assert.Equal(2, _small.Progress.Steps);
    }

    [Fact]
    public void A_column_that_no_verifier_can_read_is_refused() => Assert.Equal(
        "no problem could be judged: the verifier 'gold' reads no right answer in column 'solution'", _small.Refused(Recipe("answer_column: solution")));

    [Fact]
    public void An_unknown_verifier_lists_the_known_ones() => Assert.StartsWith(
        "no verifier of kind 'gould'. Known kinds: countdown, format, gold, gsm8k", Assert.Throws<VerifierException>(() => _small.Run(Recipe("verifier: gould"))).Message, StringComparison.Ordinal);

    [Fact]
    public void No_problem_is_refused()
    {
        _small.Write("problems.jsonl");
        Assert.Equal("pre-flight of stage 'evaluate': problems for 'a': DIR/problems.jsonl has no problem", _small.Refused(Recipe("samples: 1")));
    }

    [Theory]
    [InlineData(0, "pre-flight of stage 'evaluate': problems for 'a': 1 of 2 problems in DIR/problems.jsonl have no tokens; give the model something to go on from")]
    [InlineData(128, "pre-flight of stage 'evaluate': problems for 'a': the longest problem in DIR/problems.jsonl has 128 tokens, which fill the model's context of 128")]
    public void A_problem_the_model_cannot_take_is_refused(int length, string message)
    {
        _small.Write("problems.jsonl", """{"prompt":"a","answer":"yes"}""", $$"""{"prompt":"{{new string('x', length)}}","answer":"yes"}""");
        Assert.Equal(message, _small.Refused(Recipe("samples: 1")));
        Assert.Equal(_small.Progress.Started.Count, _small.Progress.Ended);
    }

    [Fact]
    public void A_tokenizer_with_more_tokens_than_the_model_is_refused()
    {
        _small.SaveModel("misfit", BpeTrainer.Train(["abab abab abab"], new BpeTrainerOptions { VocabSize = 259 }));
        Assert.Equal(
            "DIR/misfit: the tokenizer has 259 tokens, the model's vocab_size is 257. Do they belong together?", _small.Refused(Recipe("models: [{name: a, model: DIR/misfit}]")));
    }

    public void Dispose() => _small.Dispose();

    private static string Recipe(string settings)
    {
        OrderedDictionary<string, string> keys = new()
        {
            ["task"] = "toys",
            ["data"] = "DIR/problems.jsonl",
            ["models"] = "[{name: a, model: DIR/toy}]",
            ["verifier"] = "gold",
            ["max_completion_length"] = "6",
        };
        keys[settings.Split(": ", 2)[0]] = settings.Split(": ", 2)[1];
        return "name: e\nstages:\n  - stage: evaluate\n" + string.Concat(keys.Select(key => $"    {key.Key}: {key.Value}\n"));
    }

    private static IEnumerable<JsonElement> Samples(string run) => File.ReadLines(Path.Combine(run, "samples.jsonl")).Select(line => JsonDocument.Parse(line).RootElement);

    /// <summary>Right where the column says yes, whatever the response.</summary>
    private sealed class GoldVerifier : IVerifier
    {
        public string Kind => "gold";

        public VerifierResult Verify(string gold, string response, IReadOnlyDictionary<string, JsonElement> columns) => gold switch
        {
            "" => VerifierResult.Unscorable("no answer"),
            "yes" => VerifierResult.Right(),
            _ => VerifierResult.Wrong("no"),
        };
    }
}
