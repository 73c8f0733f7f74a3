using Cerise.Tensors.Kernels;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class DecodeScheduleTests
{
    private const int Block = KeyValueBlocks.BlockSize;

    public static TheoryData<int> Seeds => Levels.Seeds(20);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Items_hold_every_head_of_every_sequence_once_and_share_only_what_all_begin_with(int number)
    {
        RandomStream draws = Seed.From(number).Fork("schedule").Stream();
        AttentionShape shape = new(12, draws.Pick([1, 2, 3, 4, 6, 12]), 16);
        int threads = draws.Between(1, 4);
        int groups = draws.Between(1, 6);
        List<int[]> sequences = [];
        int next = groups;
        AttentionPlan plan = new();
        for (int i = draws.Between(1, 70); i > 0; i--)
        {
            int[] blocks = draws.Chance(0.6) ? [draws.Between(0, groups - 1), next++, next++] : [next++];
            sequences.Add(blocks);
            plan.Add(1, (Block * blocks.Length) - 1 - draws.Between(0, Block - 1), blocks);
        }
        DecodeSchedule schedule = Make(plan, shape, threads)!;
        HashSet<(int Sequence, int Head)> seen = [];
        for (int item = 0; item < schedule.Count; item++)
        {
            ReadOnlySpan<int> entry = schedule.Items.Values.Slice(item * DecodeSchedule.ItemLength, DecodeSchedule.ItemLength);
            int[] members = schedule.Order.Values.Slice(entry[0], entry[1]).ToArray();
            foreach (int sequence in members)
            {
                for (int head = entry[3]; head < entry[3] + entry[4]; head++)
                    Assert.True(seen.Add((sequence, head)));
                Assert.Equal(sequences[members[0]][..entry[2]], sequences[sequence][..entry[2]]);
                Assert.True(entry[2] < sequences[sequence].Length);
            }
            Assert.InRange(entry[1], 1, DecodeSchedule.MostSequences(shape));
        }
        Assert.Equal(sequences.Count * shape.KvHeads, seen.Count);
    }

    [Fact]
    public void Samples_of_one_prompt_read_its_blocks_together()
    {
        AttentionPlan plan = new();
        for (int i = 0; i < 16; i++)
            plan.Add(1, (2 * Block) + i, [i % 2, 2 + (i % 2), 4 + i]);
        DecodeSchedule schedule = Make(plan, new AttentionShape(4, 4, 16), 1)!;
        Assert.Equal([0, 8, 2, 0, 4, 8, 8, 2, 0, 4], schedule.Items.Values.ToArray());
        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15], schedule.Order.Values.ToArray());
    }

    [Fact]
    public void Few_sequences_are_cut_into_ranges_of_heads()
    {
        AttentionPlan plan = new();
        plan.Add(1, 10, [0]);
        DecodeSchedule schedule = Make(plan, new AttentionShape(6, 6, 32), 2)!;
        Assert.Equal([0, 1, 0, 0, 3, 0, 1, 0, 3, 3], schedule.Items.Values.ToArray());
    }

    [Fact]
    public void There_is_none_where_a_sequence_has_two_rows_or_reads_what_another_writes()
    {
        AttentionShape shape = new(2, 2, 16);
        AttentionPlan twoRows = new();
        twoRows.Add(2, 0, [0]);
        Assert.Null(Make(twoRows, shape, 1));
        AttentionPlan sameBlock = new();
        sameBlock.Add(1, 3, [0]);
        sameBlock.Add(1, 4, [0]);
        Assert.Null(Make(sameBlock, shape, 1));
        AttentionPlan reading = new();
        reading.Add(1, Block, [0, 1]);
        reading.Add(1, Block - 1, [0]);
        Assert.Null(Make(reading, shape, 1));
        AttentionPlan copying = new();
        copying.Append(1);
        copying.AppendContinuation(1);
        Assert.Null(Make(copying, shape, 1));
    }

    [Fact]
    public void A_plan_filled_anew_gets_a_new_schedule_and_allocates_nothing()
    {
        AttentionShape shape = new(6, 6, 32);
        AttentionPlan plan = new();
        DecodeSchedule schedule = new();
        long before = 0;
        for (int step = 0; step < 4; step++)
        {
            if (step == 2)
                before = GC.GetAllocatedBytesForCurrentThread();
            plan.Clear();
            for (int i = 0; i < 20 - step; i++)
                plan.Add(1, 40 + step, [i]);
            Assert.True(schedule.Make(plan, shape, 2));
            Assert.True(schedule.Order.Count == 20 - step);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        plan.Clear();
        plan.Add(2, 0, [0]);
        Assert.False(schedule.Make(plan, shape, 2));
    }

    private static DecodeSchedule? Make(AttentionPlan plan, AttentionShape shape, int threads)
    {
        DecodeSchedule schedule = new();
        return schedule.Make(plan, shape, threads) ? schedule : null;
    }
}
