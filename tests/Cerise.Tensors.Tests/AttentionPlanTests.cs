using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

public sealed class AttentionPlanTests
{
    [Fact]
    public void A_cleared_plan_is_like_a_new_one()
    {
        AttentionPlan plan = new();
        RandomStream draws = Seed.From(1).Stream();
        for (int round = 0; round < 20; round++)
        {
            AttentionPlan fresh = new();
            plan.Clear();
            for (int sequence = draws.Between(0, 6); sequence > 0; sequence--)
            {
                (int rows, int firstPosition) = (draws.Between(0, 90), draws.Between(0, 100));
                int[] blocks = [.. Enumerable.Range(0, ((firstPosition + rows) / KeyValueBlocks.BlockSize) + 1).Select(_ => draws.Between(0, 30))];
                fresh.Add(rows, firstPosition, blocks);
                plan.Add(rows, firstPosition, blocks);
                AssertSame(fresh, plan);
            }
            AssertSame(fresh, plan);
        }
    }

    [Fact]
    public void Positions_and_items_follow_what_is_added_later()
    {
        AttentionPlan plan = new();
        plan.Add(2, 5, [0]);
        Assert.Equal([5, 6], plan.Positions.Values.ToArray());
        Assert.Equal([0, 0], plan.Items(48).Values.ToArray());
        plan.Add(3, 0, [1]);
        Assert.Equal([5, 6, 0, 1, 2], plan.Positions.Values.ToArray());
        Assert.Equal([0, 0, 1, 0], plan.Items(48).Values.ToArray());
        Assert.Equal([0, 0, 0, 1, 1, 0, 1, 1, 1, 2], plan.Items(1).Values.ToArray());
    }

    // A decoding loop: one row a sequence, positions that grow, a block more now and then.
    [Fact]
    public void A_plan_that_is_warm_allocates_nothing()
    {
        AttentionPlan plan = new();
        int[] blocks = [.. Enumerable.Range(0, 16)];
        Step(500);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int position = 0; position < 500; position++)
            Step(position);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step(int position)
        {
            plan.Clear();
            for (int sequence = 0; sequence < 40; sequence++)
                plan.Add(1, position, blocks.AsSpan(0, (position / KeyValueBlocks.BlockSize) + 1));
            _ = plan.Pack();
            _ = plan.Items(48);
            _ = plan.Positions;
        }
    }

    [Fact]
    public void Numbers_set_again_keep_their_memory_and_grow_when_they_must()
    {
        Indices indices = new();
        Assert.Equal(0, indices.Count);
        indices.Set([1, 2, 3]);
        indices.Set([4]);
        Assert.Equal([4], indices.Values.ToArray());
        indices.Set([5, 6, 7, 8, 9]);
        Assert.Equal([5, 6, 7, 8, 9], indices.Values.ToArray());
        long before = GC.GetAllocatedBytesForCurrentThread();
        indices.Set([1, 2, 3, 4]);
        indices.Set([]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, indices.Count);
    }

    [Fact]
    public void Attention_over_a_plan_in_its_second_life_gives_the_same_bits()
    {
        using Device device = Device.Cpu(2);
        using Graph graph = new(device, record: false);
        Shape shape = new(90, 16);
        (float[] q, float[] k, float[] v) = (Draws.Normal(Seed.From(1), 90 * 16), Draws.Normal(Seed.From(2), 90 * 16), Draws.Normal(Seed.From(3), 90 * 16));
        AttentionPlan plan = AttentionPlan.Packed([7, 130, 1]);
        _ = (plan.Pack(), plan.Items(48), plan.Positions);
        plan.Clear();
        plan.Add(70, 0, [0, 1]);
        plan.Add(20, 0, [2]);
        float[] Attend(AttentionPlan over) => graph.From(q, shape).Attention(graph.From(k, shape), graph.From(v, shape), over, 16).ToArray();
        Bits.AssertSame(Attend(AttentionPlan.Packed([70, 20])), Attend(plan), "a plan filled again");
    }

    [Fact]
    public void Continuations_share_full_blocks_and_copy_the_part_filled_one()
    {
        AttentionPlan plan = new();
        plan.Append(70);
        plan.AppendContinuation(5);
        plan.AppendContinuation(60);
        plan.AppendContinuation(0);
        plan.Append(64);
        plan.AppendContinuation(2);
        Assert.Equal([(0, 70, 0), (70, 5, 70), (75, 60, 70), (135, 0, 70), (135, 64, 0), (199, 2, 64)], Enumerable.Range(0, 6).Select(plan.Sequence));
        Assert.Equal((201, 130, 7), (plan.Rows, plan.LongestSequence, plan.BlocksNeeded));
        Assert.Equal([0, 4, 4, 2], plan.Groups().Values.ToArray());
        Assert.Equal((2, 8), (plan.GroupCount, plan.Writes));

        int[] packed = plan.Pack().Values.ToArray();
        int[] Blocks(int sequence, int count) => packed.AsSpan(packed[(4 * sequence) + 3], count).ToArray();
        Assert.Equal([0, 1], Blocks(0, 2));
        Assert.Equal([0, 2], Blocks(1, 2));
        Assert.Equal([0, 3, 4], Blocks(2, 3));
        Assert.Equal([5], Blocks(4, 1));
        Assert.Equal([5, 6], Blocks(5, 2));
        Assert.Equal([64, 6, 64, packed[7], 64, 6, 64, packed[11]], packed[24..32]);
        Assert.Equal(Enumerable.Range(70, 5), plan.Positions.Values[70..75].ToArray());
        Assert.Equal(32 + 2 + 2 + 3 + 1 + 1 + 2, packed.Length);
    }

    [Fact]
    public void A_continuation_needs_something_to_continue_and_blocks_to_lie_in()
    {
        AttentionPlan plan = new();
        Assert.Contains("no sequence to continue", Assert.Throws<ShapeException>(() => plan.AppendContinuation(3)).Message, StringComparison.Ordinal);
        plan.Add(10, 70, [0, 1]);
        string message = Assert.Throws<ShapeException>(() => plan.AddContinuation(3, [2])).Message;
        Assert.Contains("begins at position 70", message, StringComparison.Ordinal);
        Assert.Contains("from position 64 on must be in this batch", message, StringComparison.Ordinal);
        plan.Clear();
        plan.Append(130);
        message = Assert.Throws<ShapeException>(() => plan.AddContinuation(100, [3])).Message;
        Assert.Contains("1 blocks behind 2 shared ones do not hold positions up to 229", message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => plan.AddContinuation(3, [-1]));
    }

    private static void AssertSame(AttentionPlan expected, AttentionPlan actual)
    {
        Assert.Equal(expected.Sequences, actual.Sequences);
        Assert.Equal(expected.Rows, actual.Rows);
        Assert.Equal(expected.BlocksNeeded, actual.BlocksNeeded);
        Assert.Equal(expected.LongestSequence, actual.LongestSequence);
        Assert.Equal(expected.Positions.Values.ToArray(), actual.Positions.Values.ToArray());
        Assert.Equal(expected.Pack().Values.ToArray(), actual.Pack().Values.ToArray());
        Assert.Equal(expected.Items(5).Values.ToArray(), actual.Items(5).Values.ToArray());
        Assert.Equal(expected.Items(48).Values.ToArray(), actual.Items(48).Values.ToArray());
    }
}
