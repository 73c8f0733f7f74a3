using System.Text.RegularExpressions;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Training.Tests.Stages;

public class StageKindsTests
{
    [Fact]
    public void An_unknown_stage_names_the_nearest_one()
    {
        RecipeException error = Bind("stages: [{stage: pretran}]");
        Assert.StartsWith("r.yaml:1:18: unknown stage 'pretran'; did you mean 'pretrain'? (known: task, ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_of_all_stages_come_at_once_with_their_places()
    {
        RecipeException error = Bind("""
            stages:
              - {stage: task, documents: -1}
              - {stage: tokenizer, vocab_size: 256}
              - {stage: pretrain, shape: {hidden_size: 30, num_attention_heads: 4}}
              - {stage: sft, batch_size: 0}
              - {stage: grpo, num_generations: 1, max_prompt_length: 0}
              - {stage: evaluate, samples: 0, models: [{name: a}]}
              - {stage: openings, min_words: 5, max_words: 4}
            """);
        Assert.Equal(
            [
                "r.yaml:2: stage 'task': documents, prompts and evaluation_problems must be at least 0.",
                "r.yaml:3: stage 'tokenizer': vocab_size is 256; use at least 257, the bytes and the special tokens.",
                "r.yaml:4: stage 'pretrain': shape: hidden_size is 30 for 4 heads; each head needs the same even number of channels.",
                "r.yaml:5: stage 'sft': batch_size is 0; use 1 or more.",
                "r.yaml:6: stage 'grpo': num_generations is 1; GRPO compares completions within a group, use 2 or more.",
                "r.yaml:6: stage 'grpo': rewards is empty; name at least one, such as {name: accuracy}.",
                "r.yaml:6: stage 'grpo': max_prompt_length is 0; use 1 or more.",
                "r.yaml:7: stage 'evaluate': models[0]: a model to evaluate needs name and model.",
                "r.yaml:8: stage 'openings': min_words is 5 and max_words 4; they must be 1 <= min_words <= max_words.",
            ],
            error.Faults.Select(fault => Regex.Replace(fault, @"^(r\.yaml:\d+):\d+:", "$1:")));
    }

    [Theory]
    [InlineData("pretrain", "")]
    [InlineData("sft", "")]
    [InlineData("grpo", ", rewards: [{name: format}]")]
    public void Checkpoints_are_kept_or_not_made_at_all(string kind, string rest)
    {
        RecipeException error = Bind($"stages: [{{stage: {kind}, save_steps: -1, keep_checkpoints: 0{rest}}}]");
        Assert.Equal(
            [
                $"r.yaml:1:10: stage '{kind}': save_steps is -1; use 0 (none) or more.",
                $"r.yaml:1:10: stage '{kind}': keep_checkpoints is 0; use 1 or more (save_steps: 0 makes none).",
            ],
            error.Faults);
    }

    [Theory]
    [InlineData("grpo", ", rewards: [{name: format}]")]
    [InlineData("evaluate", ", models: [{name: a, model: b}]")]
    public void A_template_has_a_place_for_the_question(string kind, string rest)
    {
        RecipeException error = Bind($"stages: [{{stage: {kind}, template: r1zero{rest}}}]");
        Assert.Equal([$"r.yaml:1:10: stage '{kind}': template is 'r1zero' and has no {{question}}; write one into it, or use r1_zero."], error.Faults);
        StageKinds.Bind(RecipeDocument.Parse($"stages: [{{stage: {kind}, template: r1_zero{rest}}}]", "r.yaml"));
        StageKinds.Bind(RecipeDocument.Parse($"stages: [{{stage: {kind}, template: 'Q: {{question}} A: <think>'{rest}}}]", "r.yaml"));
    }

    [Fact]
    public void Kinds_that_make_a_model()
    {
        Assert.Equal(["grpo", "pretrain", "sft"], StageKinds.Names.Where(StageKinds.MakesModel).Order());
        Assert.All(StageKinds.Names.Where(kind => kind is not "evaluate"), kind => Assert.NotNull(Activator.CreateInstance(StageKinds.OptionsOf(kind))));
    }

    private static RecipeException Bind(string recipe) => Assert.Throws<RecipeException>(() => StageKinds.Bind(RecipeDocument.Parse(recipe, "r.yaml")));
}
