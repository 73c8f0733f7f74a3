using System.Text.Json;
using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Recipes;

public sealed class OptionsBinderTests
{
    private static SampleOptions Bind(string options) => Stage(options).Bind<SampleOptions>();

    private static RecipeStage Stage(string options)
    {
        string indented = string.Concat(options.Split('\n').Select(line => $"    {line}\n"));
        return RecipeDocument.Parse($"stages:\n  - stage: grpo\n{indented}", "r.yaml").Stages[0];
    }

    private static string FaultOf(string options) => Assert.Throws<RecipeException>(() => Bind(options)).Message;

    [Fact]
    public void A_record_keeps_its_defaults_for_keys_not_given()
    {
        SampleOptions options = Bind("max_steps: 3");
        Assert.Equal(3, options.MaxSteps);
        Assert.Equal(1e-6, options.LearningRate);
        Assert.Equal(SampleLoss.DrGrpo, options.LossType);
        Assert.Equal([1, 0.5], options.RewardWeights);
        Assert.Equal(4, options.Lora.Rank);
    }

    [Fact]
    public void Every_type_of_setting_binds()
    {
        SampleOptions options = Bind("""
            learning_rate: 1e-4
            max_steps: 1e3
            num_tokens: 0x10
            temperature: 0.1
            mask_truncated_completions: true
            output: 12
            model: "a b"
            delta: .inf
            loss_type: k3
            reward_weights: [1, -2.5e1]
            stop:
              - "</answer>"
              - 'x: y'
            mixture: {b: 0.25, a: 0.75}
            adapters:
              - rank: 2
              - alpha: 3
            lora:
              alpha: 5
            rewards:
              - format
              - accuracy: {kind: gsm8k, weight: 2, strict: true, none: ~}
            """);
        Assert.Equal(1e-4, options.LearningRate);
        Assert.Equal(1000, options.MaxSteps);
        Assert.Equal(16, options.NumTokens);
        Assert.Equal(0.1f, options.Temperature);
        Assert.True(options.MaskTruncatedCompletions);
        Assert.Equal("12", options.Output);
        Assert.Equal("a b", options.Model);
        Assert.Equal(double.PositiveInfinity, options.Delta);
        Assert.Equal(SampleLoss.K3, options.LossType);
        Assert.Equal([1, -25], options.RewardWeights);
        Assert.Equal(["</answer>", "x: y"], options.Stop);
        Assert.Equal(["b", "a"], options.Mixture.Keys);
        Assert.Equal([2, 8], options.Adapters.Select(adapter => adapter.Rank));
        Assert.Equal(4, options.Lora.Rank);                                 // the outer record's default, not the inner one's
        Assert.Equal(5, options.Lora.Alpha);
        Assert.Equal("""["format",{"accuracy":{"kind":"gsm8k","weight":2,"strict":true,"none":null}}]""", JsonSerializer.Serialize(options.Rewards));
    }

    [Theory]
    [InlineData("learning_rate: fast", "r.yaml:3:20: stage 'grpo': learning_rate is 'fast'; expected a number, such as the default 1e-6.")]
    [InlineData("learning_rate: \"1e-4\"", "r.yaml:3:20: stage 'grpo': learning_rate is the text \"1e-4\"; expected a number, such as the default 1e-6.")]
    [InlineData("learning_rate: .nan", "learning_rate is '.nan'; expected a number")]
    [InlineData("learning_rate: 1e999", "learning_rate is '1e999'; expected a number")]
    [InlineData("learning_rate:", "learning_rate is empty; expected a number, such as the default 1e-6.")]
    [InlineData("max_steps: 1.5", "max_steps is '1.5'; expected a whole number of at most 2147483647 in size, such as the default 100.")]
    [InlineData("max_steps: 3000000000", "max_steps is '3000000000'; expected a whole number of at most 2147483647 in size, such as the default 100.")]
    [InlineData("max_steps: [1]", "max_steps is a list; expected a whole number")]
    [InlineData("mask_truncated_completions: yes", "mask_truncated_completions is 'yes'; expected true or false, such as the default false.")]
    [InlineData("loss_type: dr_grop", "loss_type is 'dr_grop'; expected one of grpo, dr_grpo, dapo, k3; did you mean 'dr_grpo'?")]
    [InlineData("loss_type: 1", "loss_type is '1'; expected one of grpo, dr_grpo, dapo, k3.")]
    [InlineData("reward_weights: 1", "reward_weights is '1'; expected a list of number, written [a, b].")]
    [InlineData("reward_weights: [1, x]", "reward_weights[1] is 'x'; expected a number.")]
    [InlineData("mixture: {a: x}", "mixture.a is 'x'; expected a number.")]
    [InlineData("lora: 8", "lora is '8'; expected a map.")]
    [InlineData("lora: {rank: x}", "lora.rank is 'x'; expected a whole number of at most 2147483647 in size, such as the default 4.")]
    [InlineData("lora: {rnak: 8}", "stage 'grpo': lora: unknown key 'rnak'; did you mean 'rank'? (known: rank, alpha).")]
    [InlineData("output:", "output is empty; expected text.")]
    public void A_mistyped_value_names_line_key_and_what_is_expected(string options, string fault) => Assert.Contains(fault, FaultOf(options), StringComparison.Ordinal);

    [Fact]
    public void Unknown_key_names_the_nearest_one()
    {
        string fault = FaultOf("learnig_rate: 1");
        Assert.StartsWith("r.yaml:3:5: stage 'grpo': unknown key 'learnig_rate'; did you mean 'learning_rate'? (known: learning_rate, max_steps,", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("computed", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void All_faults_are_in_one_message()
    {
        var error = Assert.Throws<RecipeException>(() => Bind("learning_rate: fast\nmax_step: 3\nlora: {rank: x}"));
        Assert.Equal(3, error.Faults.Count);
        Assert.StartsWith("3 faults:\n  ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_records_own_faults_come_with_file_and_stage() =>
        Assert.Equal("r.yaml:2:5: stage 'grpo': num_generations is 1; GRPO compares completions within a group, use 2 or more.", FaultOf("num_generations: 1"));

    [Fact]
    public void The_records_own_faults_are_not_asked_while_its_keys_have_some() =>
        Assert.DoesNotContain("compares", FaultOf("num_generations: 1\nmax_steps: x"), StringComparison.Ordinal);

    [Fact]
    public void A_required_key_must_be_given()
    {
        var error = Assert.Throws<RecipeException>(() => Stage("epochs: 2").Bind<RequiredOptions>());
        Assert.Contains("'model' is missing (text)", error.Message, StringComparison.Ordinal);
        Assert.Equal("m", Stage("model: m").Bind<RequiredOptions>().Model);
    }

    [Fact]
    public void A_resolved_recipe_binds_to_the_same_values_and_resolves_to_itself()
    {
        const string text = """
            name: zero
            description: "tricky: text # here"
            seed: 7
            base: runs/base
            stages:
              - stage: grpo
                model: ${base}/model
                output: "line one\nline ${base} $${kept} \u00e9\U0001F352 \"q\" \\"
                learning_rate: 3.0000000000000004e-7
                temperature: 0.1
                stop: ["true", "1e3", "", " x", "~", "- a", "ok"]
                mixture: {b: 0.25, a: 0.75}
                delta: 1
                rewards: [{name: accuracy, weight: 1.50, text: "12"}, format, [], {}]
                adapters: [{rank: 2}]
              - stage: sft
                name: second
                max_steps: 5
            """;
        RecipeDocument first = RecipeDocument.Parse(text, "r.yaml");
        string resolved = first.Resolve([.. first.Stages.Select(stage => stage.Bind<SampleOptions>())]);
        RecipeDocument second = RecipeDocument.Parse(resolved, "recipe.yaml");
        SampleOptions one = first.Stages[0].Bind<SampleOptions>();
        SampleOptions two = second.Stages[0].Bind<SampleOptions>();

        Assert.Equal(resolved, second.Resolve([.. second.Stages.Select(stage => stage.Bind<SampleOptions>())]));
        Assert.Equal((7, "zero", "tricky: text # here"), (second.Seed, second.Name, second.Description));
        Assert.Equal("line one\nline runs/base ${kept} é\U0001F352 \"q\" \\", two.Output);
        Assert.Equal(one.LearningRate, two.LearningRate);
        Assert.Equal(one.Stop, two.Stop);
        Assert.Equal(JsonSerializer.Serialize(one.Rewards), JsonSerializer.Serialize(two.Rewards));
        Assert.Equal(["b", "a"], two.Mixture.Keys);
        Assert.Contains("    max_steps: 100\n", resolved, StringComparison.Ordinal);
        Assert.Contains("  - stage: sft\n    name: second\n", resolved, StringComparison.Ordinal);
        Assert.Contains("    learning_rate: 3.0000000000000004e-7\n", resolved, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_any_kind_survives_being_resolved()
    {
        string[] pieces = ["a", " ", ":", "#", "-", "\"", "'", "\\", "\n", "\t", "\r", "{", "}", "[", "]", "$", "${", "$$", ",", "&", "*", "!", "|", ">", "%", "@", "`", "~", "0", "1e3", "true", "null", "é", "\U0001F352", "\u2028", "\u0085", "\uFEFF", "\u0001", "?", "=", "<<", "..."];
        for (int i = 0; i < pieces.Length; i++)
        {
            foreach (string second in pieces)
            {
                string text = pieces[i] + second + pieces[(i * 7 + 3) % pieces.Length];
                RecipeDocument recipe = RecipeDocument.OfStage("sft", 1, new RecipeMap(default, []));
                string resolved = recipe.Resolve([new SampleOptions { Output = text, Stop = [text, second] }]);
                SampleOptions read = RecipeDocument.Parse(resolved, "x.yaml").Stages[0].Bind<SampleOptions>();
                Assert.Equal(text, read.Output);
                Assert.Equal([text, second], read.Stop);
            }
        }
    }
}
