using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class CausalAttentionTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_head_size_and_group_matches_the_reference_over_packed_sequences(SimdLevel level) =>
        OpCheck.MatchesReference(
            level,
            OpCases.Attention(Seed.From(1), [1], 1, 1, 8),
            OpCases.Attention(Seed.From(2), [63, 1, 65], 2, 2, 8),
            OpCases.Attention(Seed.From(3), [64, 130], 4, 2, 16),
            OpCases.Attention(Seed.From(4), [130, 1, 1, 63], 3, 1, 32),
            OpCases.Attention(Seed.From(5), [65, 64], 7, 1, 64),
            OpCases.Attention(Seed.From(6), [5, 130], 2, 1, 80),
            OpCases.Attention(Seed.From(7), [70, 2], 6, 2, 128),
            OpCases.Attention(Seed.From(8), [130], 14, 2, 16),
            OpCases.Attention(Seed.From(9), [17, 3], 6, 2, 20),
            OpCases.Attention(Seed.From(10), [49, 33], 48, 1, 4));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_length_around_the_borders_of_blocks_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level,
            Enumerable.Range(1, 130).Where(length => length is < 20 or (> 58 and < 70) or > 125 || length % 9 == 0).Select(length => OpCases.Attention(Seed.From(length), [length], 3, 3, 6)));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Continuations_that_share_a_sequence_match_the_reference_that_repeats_it(SimdLevel level) =>
        OpCheck.MatchesReference(
            level,
            OpCases.SharedAttention(Seed.From(1), [[1, 1, 2]], 1, 1, 8),
            OpCases.SharedAttention(Seed.From(2), [[63, 1, 70], [64, 64, 1, 5], [65, 63]], 2, 2, 8),
            OpCases.SharedAttention(Seed.From(3), [[130, 3, 66, 0, 20]], 4, 2, 16),
            OpCases.SharedAttention(Seed.From(4), [[20], [0, 7, 9], [10, 0], [0]], 3, 1, 32),
            OpCases.SharedAttention(Seed.From(5), [[70, 5, 60, 130]], 2, 1, 80));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Windows_caps_and_scales_match_the_reference(SimdLevel level)
    {
        OpCheck.MatchesReference(
            level,
            OpCases.Attention(Seed.From(1), [63, 1, 65], 2, 2, 8, new AttentionSettings(8, 0.2f)),
            OpCases.Attention(Seed.From(2), [64, 130], 4, 2, 16, new AttentionSettings(16, 0.25f, SoftCap: 2)),
            OpCases.Attention(Seed.From(3), [150, 1, 63], 3, 1, 20, new AttentionSettings(20, 0.5f, Window: 7, SoftCap: 1.5f)),
            OpCases.Attention(Seed.From(4), [200], 7, 1, 64, new AttentionSettings(64, 0.125f, Window: 100)),
            OpCases.Attention(Seed.From(5), [130, 5], 1, 1, 6, new AttentionSettings(6, 0.4f, Window: int.MaxValue)),
            OpCases.SharedAttention(Seed.From(6), [[63, 1, 70], [64, 64, 1, 5], [65, 63]], 2, 2, 8, new AttentionSettings(8, 0.3f, Window: 30, SoftCap: 3)),
            OpCases.SharedAttention(Seed.From(7), [[130, 3, 66, 0, 20]], 4, 2, 16, new AttentionSettings(16, 0.25f, Window: 66)));
        OpCheck.MatchesReference(
            level,
            ((int[])[1, 2, 15, 16, 17, 31, 48, 62, 63, 64, 65, 66, 127, 128, 129, 140]).Select(window =>
                OpCases.Attention(Seed.From(window), [140], 2, 1, 6, new AttentionSettings(6, 0.4f, window, window % 2))));
    }

    // A window as long as the longest sequence hides nothing, and changes no bit of output or gradients.
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_window_that_holds_all_keys_gives_the_bits_of_none(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        OpResult all = OpCheck.Run(OpCases.Attention(Seed.From(1), [140, 3, 64], 6, 2, 20), device);
        OpResult windowed = OpCheck.Run(OpCases.Attention(Seed.From(1), [140, 3, 64], 6, 2, 20, new AttentionSettings(20) with { Window = 140 }), device);
        Bits.AssertSame(all.Outputs[0], windowed.Outputs[0], "output");
        for (int k = 0; k < 3; k++)
            Bits.AssertSame(all.Gradients[k], windowed.Gradients[k], $"gradient {k}");
    }

    // What lies before a query's window does not reach it: neither in its block nor in blocks before.
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Keys_before_the_window_change_no_bit(SimdLevel level)
    {
        const int length = 150;
        const int window = 20;
        const int dim = 8;
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        float[] keys = Draws.Normal(Seed.From(1), length * dim);
        float[] values = Draws.Normal(Seed.From(2), length * dim);
        float[] queries = Draws.Normal(Seed.From(3), length * dim);
        float[] expected = Attend();
        keys.AsSpan(0, 80 * dim).Fill(1e20f);                              // the query at 99 sees 80 to 99
        values.AsSpan(0, 80 * dim).Fill(-3);
        float[] actual = Attend();
        Bits.AssertSame(expected.AsSpan(99 * dim), actual.AsSpan(99 * dim), "queries that see none of what changed");
        Assert.NotEqual(expected[98 * dim], actual[98 * dim]);

        float[] Attend()
        {
            Shape shape = new(length, dim);
            return graph.From(queries, shape)
                .Attention(graph.From(keys, shape), graph.From(values, shape), AttentionPlan.Packed([length]), new AttentionSettings(dim) with { Window = window }).ToArray();
        }
    }

    // Scores so far apart that e^(s - m) of all but one key is 0, and scores far above where e^s would overflow.
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Large_scores_do_not_overflow(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        const int dim = 16;
        float[] keys = new float[100 * dim];
        float[] values = new float[100 * dim];
        for (int t = 0; t < 100; t++)
        {
            keys[t * dim] = t % 10 == 3 ? 400 + t : -t;
            values[t * dim] = t;
        }
        float[] queries = new float[100 * dim];
        for (int t = 0; t < 100; t++)
            queries[t * dim] = 40;
        Shape shape = new(100, dim);
        float[] y = graph.From(queries, shape).Attention(graph.From(keys, shape), graph.From(values, shape), AttentionPlan.Packed([100]), dim).ToArray();
        Assert.Equal(0f, y[0]);
        for (int t = 3; t < 100; t++)
            Assert.Equal(((t - 3) / 10 * 10) + 3, y[t * dim], 1e-4f);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_NaN_spoils_no_other_sequence_and_no_other_head(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        OpCase op = OpCases.Attention(Seed.From(3), [40, 70, 30], 4, 2, 16);
        float[] Attend(int operand, int place, float value)
        {
            float[][] operands = [.. op.Inputs.Select(input => input.Values.ToArray())];
            operands[operand][place] = value;
            Tensor[] x = [.. operands.Select((values, i) => graph.From(values, op.Inputs[i].Shape))];
            return op.Apply(graph, x, [])[0].ToArray();
        }
        float[] clean = Attend(0, 0, op.Inputs[0].Values[0]);

        const int row = 60;
        float[] spoiled = Attend(0, (row * 64) + 17, float.NaN);                         // head 1 of one query
        for (int i = 0; i < clean.Length; i++)
            Assert.Equal(i / 64 == row && i % 64 / 16 == 1, float.IsNaN(spoiled[i]));

        foreach (int operand in (int[])[1, 2])
        {
            spoiled = Attend(operand, (row * 32) + 3, float.NaN);                        // key head 0: query heads 0 and 1
            for (int i = 0; i < clean.Length; i++)
            {
                bool sameSequence = i / 64 is >= 40 and < 110;
                if (!sameSequence || i % 64 >= 32)
                    Assert.Equal(Bits.Of(clean[i]), Bits.Of(spoiled[i]));
                else if (i / 64 >= row && (operand == 1 || i % 16 == 3))
                    Assert.True(float.IsNaN(spoiled[i]));
            }
        }
    }
}
