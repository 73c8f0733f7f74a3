using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class GrpoBatchTests
{
    [Theory]
    [InlineData(32, 1)]
    [InlineData(32, 4)]
    [InlineData(6, 4)]
    [InlineData(7, 3)]
    [InlineData(5, 5)]
    public void A_pass_is_cut_into_as_many_steps_as_asked_for_of_like_size(int rows, int steps)
    {
        GrpoBatch batch = NewBatch(rows, new GrpoOptions { StepsPerGeneration = steps });
        int[][] minibatches = [.. batch.Minibatches(Seed.From(1))];
        Assert.Equal(steps, minibatches.Length);
        Assert.Equal(Enumerable.Range(0, rows), minibatches.SelectMany(minibatch => minibatch).Order());
        Assert.True(minibatches.Max(minibatch => minibatch.Length) - minibatches.Min(minibatch => minibatch.Length) <= 1);
    }

    [Fact]
    public void Rows_are_shuffled_by_the_seed_and_only_where_they_are_cut()
    {
        GrpoBatch cut = NewBatch(32, new GrpoOptions { StepsPerGeneration = 4 });
        Assert.Equal(cut.Minibatches(Seed.From(1)), cut.Minibatches(Seed.From(1)));
        Assert.NotEqual(cut.Minibatches(Seed.From(1)), cut.Minibatches(Seed.From(2)));
        Assert.Equal([Enumerable.Range(0, 32)], NewBatch(32, new GrpoOptions()).Minibatches(Seed.From(1)));
    }

    [Fact]
    public void A_groups_rows_stand_side_by_side_in_every_step()
    {
        GrpoBatch batch = NewBatch(32, new GrpoOptions { StepsPerGeneration = 3 });
        Assert.All(batch.Minibatches(Seed.From(1)), rows => Assert.Equal(rows.Order(), rows));
    }

    [Fact]
    public void Rows_of_a_group_are_marked_to_share_their_prompt_unless_told_not_to()
    {
        Assert.Equal([0, 0, 1, 1], NewBatch(4, new GrpoOptions()).Sequences.Select(sequence => sequence.Group));
        Assert.All(NewBatch(4, new GrpoOptions { SharedPrefix = false }).Sequences, sequence => Assert.Null(sequence.Group));
    }

    [Fact]
    public void Fewer_rows_than_steps_give_a_step_each() =>
        Assert.Equal(2, NewBatch(2, new GrpoOptions { StepsPerGeneration = 4 }).Minibatches(Seed.From(1)).Count());

    [Fact]
    public void A_row_can_move_the_policy_by_its_advantage_or_by_the_penalty()
    {
        GrpoBatch batch = new([Toy.Rollout(0, 2), Toy.Rollout(0, 3), Toy.Rollout(0, 4, FinishReason.Length)], [0, -1, 2], new GrpoOptions());
        Assert.Equal([false, true, true], Enumerable.Range(0, 3).Select(batch.HasGradient));
        batch.ReferenceLogProbs = [[-1, -1], [-1, -1, -1], [-1, -1, -1, -1]];
        Assert.Equal([true, true, true], Enumerable.Range(0, 3).Select(batch.HasGradient));
    }

    [Fact]
    public void A_masked_row_never_moves_the_policy()
    {
        GrpoBatch batch = new([Toy.Rollout(0, 4, FinishReason.Length)], [2], new GrpoOptions { MaskTruncatedCompletions = true }) { ReferenceLogProbs = [[-1, -1, -1, -1]] };
        Assert.False(batch.HasGradient(0));
        Assert.True(batch.IsMasked(0));
    }

    private static GrpoBatch NewBatch(int rows, GrpoOptions options) => new([.. Enumerable.Range(0, rows).Select(row => Toy.Rollout(row / 2, 3))], new double[rows], options);
}
