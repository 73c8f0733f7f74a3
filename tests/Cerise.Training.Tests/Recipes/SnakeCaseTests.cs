using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Recipes;

public sealed class SnakeCaseTests
{
    [Theory]
    [InlineData("LearningRate", "learning_rate")]
    [InlineData("TopP", "top_p")]
    [InlineData("AdamBeta1", "adam_beta1")]
    [InlineData("LoraR", "lora_r")]
    [InlineData("K3", "k3")]
    [InlineData("DrGRPO", "dr_grpo")]
    [InlineData("KLPenalty", "kl_penalty")]
    [InlineData("Lam", "lam")]
    public void Names_read_as_in_trl(string name, string expected) => Assert.Equal(expected, SnakeCase.From(name));

    [Theory]
    [InlineData("learnig_rate", "learning_rate")]
    [InlineData("betta", "beta")]
    [InlineData("bet", "beta")]
    [InlineData("warmup", null)]
    [InlineData("lma", "lam")]
    public void The_nearest_name_is_found_within_half_of_it(string name, string? expected) =>
        Assert.Equal(expected, NearestName.Find(name, ["learning_rate", "beta", "lam"]));
}
