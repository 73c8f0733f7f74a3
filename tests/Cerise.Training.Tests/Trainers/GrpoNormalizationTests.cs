using Cerise.Models.Generation;
using Cerise.Training.Losses;
using Cerise.Training.Rollouts;
using Cerise.Training.Tests.Losses;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class GrpoNormalizationTests
{
    private static readonly Rollout[] Lengths2And4 = [Toy.Rollout(0, 2), Toy.Rollout(0, 4)];
    private static readonly float[] V80Losses = [-1.10497742f, -0.99925077f, 1.00019350f, 1.35149154f, 1, 0.80594885f];

    [Theory]
    [InlineData(PolicyLossType.Grpo, -0.00635281)]
    [InlineData(PolicyLossType.Dapo, 0.34223428)]
    [InlineData(PolicyLossType.Bnpo, 0.34223428)]
    [InlineData(PolicyLossType.Cispo, 0.34223428)]
    [InlineData(PolicyLossType.DrGrpo, 0.20534057)]
    public void V81_reductions(PolicyLossType type, double expected)
    {
        GrpoOptions options = new() { LossType = type, MaxCompletionLength = 5 };
        float[] weights = GrpoNormalization.Of(new GrpoBatch(Lengths2And4, [1, -1], options), [0, 1], options).TokenWeights([0, 1]);
        Engine.Near(expected, V80Losses.Zip(weights, (loss, weight) => (double)loss * weight).Sum());
    }

    [Fact]
    public void V85_completions_weigh_the_same_in_gspo()
    {
        GrpoOptions options = new() { LossType = PolicyLossType.Gspo };
        GrpoNormalization normalization = GrpoNormalization.Of(new GrpoBatch(Lengths2And4, [1, -1], options), [0, 1], options);
        Assert.Equal([0.5f, 0.5f], normalization.SequenceWeights([0, 1]));
        Assert.Equal([0.25f, 0.25f, 0.125f, 0.125f, 0.125f, 0.125f], normalization.TokenWeights([0, 1]));       // of the KL penalty
    }

    [Theory]
    [InlineData(PolicyLossType.Grpo, 1)]
    [InlineData(PolicyLossType.Gspo, 1)]
    [InlineData(PolicyLossType.Dapo, 1)]
    [InlineData(PolicyLossType.Bnpo, 1)]
    [InlineData(PolicyLossType.Cispo, 1)]
    [InlineData(PolicyLossType.DrGrpo, 16 / 30.0)]
    public void Weights_of_all_rows_sum_to_one_or_to_the_share_of_the_longest_possible(PolicyLossType type, double sum)
    {
        GrpoOptions options = new() { LossType = type, MaxCompletionLength = 10 };
        GrpoBatch batch = new([Toy.Rollout(0, 1), Toy.Rollout(0, 10), Toy.Rollout(1, 5)], [1, -1, 0], options);
        Assert.Equal(sum, GrpoNormalization.Of(batch, [0, 1, 2], options).TokenWeights([0, 1, 2]).Sum(weight => (double)weight), 1e-6);
    }

    [Theory]
    [InlineData(PolicyLossType.Grpo)]
    [InlineData(PolicyLossType.DrGrpo)]
    [InlineData(PolicyLossType.Dapo)]
    [InlineData(PolicyLossType.Gspo)]
    public void A_part_of_the_rows_has_the_weights_it_has_in_the_whole(PolicyLossType type)
    {
        GrpoOptions options = new() { LossType = type };
        GrpoBatch batch = new([Toy.Rollout(0, 3), Toy.Rollout(0, 4), Toy.Rollout(1, 5)], [1, -1, 0], options);
        GrpoNormalization normalization = GrpoNormalization.Of(batch, [0, 1, 2], options);
        Assert.Equal(normalization.TokenWeights([0, 1, 2]), normalization.TokenWeights([0]).Concat(normalization.TokenWeights([1, 2])));
        Assert.Equal(normalization.SequenceWeights([0, 1, 2]), normalization.SequenceWeights([0]).Concat(normalization.SequenceWeights([1, 2])));
    }

    [Theory]
    [InlineData(PolicyLossType.Grpo, 1 / 2.0 / 3)]
    [InlineData(PolicyLossType.DrGrpo, 1 / 2.0 / 8)]
    [InlineData(PolicyLossType.Dapo, 1 / 8.0)]
    public void Truncated_completions_that_are_masked_are_not_counted(PolicyLossType type, double weight)
    {
        GrpoOptions options = new() { LossType = type, MaxCompletionLength = 8, MaskTruncatedCompletions = true };
        GrpoBatch batch = new([Toy.Rollout(0, 3), Toy.Rollout(0, 8, FinishReason.Length), Toy.Rollout(1, 5)], [1, -1, 1], options);
        GrpoNormalization normalization = GrpoNormalization.Of(batch, [0, 1, 2], options);
        Assert.Equal((float)weight, normalization.TokenWeights([0])[0]);
        Assert.Equal([0.5f], normalization.SequenceWeights([0]));
    }

    [Fact]
    public void V10_all_masked_divides_by_one_rather_than_zero()
    {
        GrpoOptions options = new() { MaskTruncatedCompletions = true };
        GrpoBatch batch = new([Toy.Rollout(0, 3, FinishReason.Length)], [1], options);
        Assert.Equal([1f, 1f, 1f], GrpoNormalization.Of(batch, [0], options).TokenWeights([0]));
        Assert.False(batch.HasGradient(0));
    }
}
