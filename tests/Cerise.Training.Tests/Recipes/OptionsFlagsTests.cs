using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Recipes;

public sealed class OptionsFlagsTests
{
    [Fact]
    public void Flags_carry_type_default_and_documentation()
    {
        OptionFlag[] flags = [.. OptionsFlags.Of<SampleOptions>()];
        Assert.Equal(new OptionFlag("learning_rate", "number", "1e-6", "Step size of max_steps steps, the peak of the schedule.", false, false), flags[0]);
        Assert.Equal(new OptionFlag("loss_type", "grpo|dr_grpo|dapo|k3", "dr_grpo", "", false, false), flags.Single(flag => flag.Name == "loss_type"));
        Assert.Equal(new OptionFlag("lora.rank", "whole number", "4", "Rank of the update.", false, false), flags.Single(flag => flag.Name == "lora.rank"));
        Assert.Equal("[1, 0.5]", flags.Single(flag => flag.Name == "reward_weights").Default);
        Assert.True(flags.Single(flag => flag.Name == "mask_truncated_completions").IsSwitch);
        Assert.True(OptionsFlags.Of<RequiredOptions>()[0].IsRequired);
    }

    [Fact]
    public void Flags_bind_to_the_record()
    {
        RecipeMap map = OptionsFlags.ToMap<SampleOptions>([new("learning_rate", "1e-3"), new("lora.rank", "2"), new("stop", "a, b"), new("reward_weights", "[3, 4]"), new("output", "x, y"), new("max_steps", "1"), new("max_steps", "2")]);
        RecipeDocument recipe = RecipeDocument.OfStage("grpo", 5, map);
        SampleOptions options = recipe.Stages[0].Bind<SampleOptions>();
        Assert.Equal((1e-3, 2, "x, y", 2), (options.LearningRate, options.Lora.Rank, options.Output, options.MaxSteps));
        Assert.Equal(["a", "b"], options.Stop);
        Assert.Equal([3, 4], options.RewardWeights);
        Assert.Equal(recipe.Resolve([options]), RecipeDocument.Parse(recipe.Resolve([options]), "x").Resolve([options]));
    }

    [Fact]
    public void A_mistyped_flag_is_named_as_it_was_typed()
    {
        RecipeMap map = OptionsFlags.ToMap<SampleOptions>([new("learning_rate", "fast"), new("max_stepz", "1")]);
        var error = Assert.Throws<RecipeException>(() => OptionsBinder.Bind<SampleOptions>(map));
        Assert.Contains("--learning_rate fast: learning_rate is 'fast'; expected a number", error.Message, StringComparison.Ordinal);
        Assert.Contains("--max_stepz 1: unknown key 'max_stepz'; did you mean 'max_steps'?", error.Message, StringComparison.Ordinal);
    }
}
