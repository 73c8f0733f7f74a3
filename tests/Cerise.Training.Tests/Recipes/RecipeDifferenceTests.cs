using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Recipes;

public sealed class RecipeDifferenceTests
{
    [Fact]
    public void Differing_keys_are_listed_with_both_values()
    {
        const string there = "seed: 1\nstages:\n  - stage: grpo\n    name: g\n    beta: 0\n    stop: [a]\n";
        const string here = "seed: 1\nextra: x\nstages:\n  - stage: grpo\n    name: g\n    beta: 0.04\n    stop: [a, b]\n";
        Assert.Equal(["stages.g.beta: 0 there, 0.04 here", "extra: absent there, x here", "stages.g.stop.1: absent there, b here"], RecipeDifference.Compare(there, here));
        Assert.Empty(RecipeDifference.Compare(there, there));
    }
}
