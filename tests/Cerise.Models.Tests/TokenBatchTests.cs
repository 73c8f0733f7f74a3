using Cerise.Tensors;

namespace Cerise.Models.Tests;

public sealed class TokenBatchTests
{
    [Fact]
    public void A_token_is_predicted_by_the_row_before_it_and_never_across_a_boundary()
    {
        TokenBatch batch = TokenBatch.Pack([([10, 11, 12], [true, true, false]), ([20], [true]), ([30, 31, 32, 33], [false, false, true, true])]);
        Assert.Equal([10, 11, 12, 20, 30, 31, 32, 33], batch.Ids.Values.ToArray());
        Assert.Equal([0, 5, 6], batch.Rows.Values.ToArray());
        Assert.Equal([11, 32, 33], batch.Targets.Values.ToArray());
        Assert.Equal([0, 1, 1, 3], batch.Offsets.Values.ToArray());
        Assert.Equal([0, 1, 2, 0, 0, 1, 2, 3], batch.Plan.Positions.Values.ToArray());
        Assert.Equal((3, 8, 4), (batch.Plan.Sequences, batch.Plan.Rows, batch.Plan.LongestSequence));
    }

    [Fact]
    public void Whole_sequences_are_scored_from_their_second_token_on()
    {
        TokenBatch batch = TokenBatch.PackAll([[5, 6, 7], [8, 9]]);
        Assert.Equal([0, 1, 3], batch.Rows.Values.ToArray());
        Assert.Equal([6, 7, 9], batch.Targets.Values.ToArray());
        Assert.Equal([0, 2, 3], batch.Offsets.Values.ToArray());
    }

    [Fact]
    public void Marks_of_another_number_than_tokens_are_refused()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => TokenBatch.Pack([([1, 2, 3], [true, true])]));
        Assert.Contains("3 tokens and 2 marks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_groups_prompt_is_packed_once_and_its_last_row_predicts_the_first_token_of_each_continuation()
    {
        TokenBatch batch = TokenBatch.PackGroups(
            [new([1, 2, 3], [([10, 11], [true, true]), ([], []), ([20], [true]), ([30, 31], [false, true])]), new([4, 5], [([40], [true])])]);
        Assert.Equal([1, 2, 3, 10, 11, 20, 30, 31, 4, 5, 40], batch.Ids.Values.ToArray());
        Assert.Equal([2, 3, 2, 6, 9], batch.Rows.Values.ToArray());
        Assert.Equal([10, 11, 20, 31, 40], batch.Targets.Values.ToArray());
        Assert.Equal([0, 2, 2, 3, 4, 5], batch.Offsets.Values.ToArray());
        Assert.Equal([0, 1, 2, 3, 4, 3, 3, 4, 0, 1, 2], batch.Plan.Positions.Values.ToArray());
    }

    [Fact]
    public void Without_a_prompt_the_first_token_of_a_continuation_is_not_scored()
    {
        TokenBatch batch = TokenBatch.PackGroups([new([], [([10, 11], [true, true]), ([20, 21], [true, true])])]);
        Assert.Equal([0, 2], batch.Rows.Values.ToArray());
        Assert.Equal([11, 21], batch.Targets.Values.ToArray());
        Assert.Equal([0, 1, 0, 1], batch.Plan.Positions.Values.ToArray());
    }

    [Fact]
    public void No_sequence_and_an_empty_one_pack_to_nothing()
    {
        Assert.Equal([0], TokenBatch.PackAll([]).Offsets.Values.ToArray());
        TokenBatch empty = TokenBatch.PackAll([[], []]);
        Assert.Equal([0, 0, 0], empty.Offsets.Values.ToArray());
        Assert.Equal(0, empty.Ids.Count);
    }
}
