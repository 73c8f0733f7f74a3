using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class SampleRowTests
{
    private static readonly float[] Logits = [2, 1.5f, 0.5f, 0, -1];       // V108

    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    // algorithms.md, section 13.9, V108: likeliest first, so a draw is where its number falls in the cumulative sum of the kept tokens.
    public static TheoryData<SamplingRow, double[]> Truncations => new()
    {
        { new SamplingRow(), [0.49633132, 0.30104017, 0.11074649, 0.06717114, 0.02471088] },
        { new SamplingRow { TopP = 0.8f }, [0.54654939, 0.33149896, 0.12195165] },
        { new SamplingRow { MinP = 0.1f }, [0.50890686, 0.30866761, 0.11355247, 0.06887305] },
        { new SamplingRow { TopK = 2 }, [0.62245933, 0.37754067] },
        { new SamplingRow { Temperature = 0.5f }, [0.69518747, 0.25574518, 0.03461135, 0.01273280, 0.00172320] },
        { new SamplingRow { Temperature = 0.5f, TopK = 4, TopP = 0.9f, MinP = 0.5f }, [1] },
        { new SamplingRow { TopK = 100, TopP = 0.0001f }, [1] },
        { new SamplingRow { RepetitionPenalty = 2, Penalized = [0, 0, 4], TopK = 2 }, [0.37754067, 0.62245933] },       // logits 1, 1.5, 0.5, 0, -2
    };

    [Theory]
    [MemberData(nameof(Truncations))]
    public void Draws_fall_where_the_truncated_distribution_says(SamplingRow row, double[] probabilities)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        Seed seed = Seed.From(5);
        const int count = 3000;
        bool secondFirst = row.RepetitionPenalty != 1;                     // sorted by the penalized logits, token 1 comes first
        (int[] ids, float[] logProbs) = Draw(Simd.Best, Logits, [.. Enumerable.Range(0, count).Select(i => row with { Seed = seed, Draw = i })]);
        int[] counts = new int[5];
        int checkedDraws = 0;
        for (int i = 0; i < count; i++)
        {
            counts[ids[i]]++;
            double u = seed.Uniform(i);
            double cumulative = 0;
            for (int k = 0; k < probabilities.Length; k++)
            {
                int id = secondFirst ? 1 - k : k;
                double next = cumulative + probabilities[id];
                if (u > cumulative + 1e-6 && u < next - 1e-6)
                {
                    Assert.Equal(id, ids[i]);
                    checkedDraws++;
                }
                cumulative = next;
            }
        }
        Assert.True(checkedDraws > 0.99 * count);
        for (int id = 0; id < 5; id++)
        {
            double p = id < probabilities.Length ? probabilities[id] : 0;
            Assert.InRange(counts[id], (count * p) - (5 * Math.Sqrt(count * p)), (count * p) + (5 * Math.Sqrt(count * p)));
        }

        // What is recorded is the untruncated, unpenalized distribution at the row's temperature.
        double sum = Logits.Sum(z => Math.Exp(z / row.Temperature));
        for (int i = 0; i < count; i++)
            Assert.Equal((Logits[ids[i]] / row.Temperature) - Math.Log(sum), logProbs[i], 1e-6);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Temperature_zero_takes_the_lowest_id_of_the_largest(SimdLevel level)
    {
        float[] logits = new float[40];
        logits[13] = logits[14] = logits[39] = 3;
        (int[] ids, float[] logProbs) = Draw(level, logits, [new SamplingRow { Temperature = 0 }, new SamplingRow { Temperature = 0, RepetitionPenalty = 1.5f, Penalized = [13] }]);
        Assert.Equal([13, 14], ids);
        Assert.All(logProbs, logProb => Assert.Equal(3 - Math.Log(37 + (3 * Math.Exp(3))), logProb, 1e-6));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_draw_depends_on_seed_and_number_alone(SimdLevel level)
    {
        float[] logits = Draws.Normal(Seed.From(9), 333, 2);
        SamplingRow[] rows = [.. Enumerable.Range(0, 30).Select(i => new SamplingRow { Seed = Seed.From(i / 10), Draw = i % 10, TopP = i % 2 == 0 ? 1 : 0.9f })];
        (int[] together, float[] logProbs) = Draw(level, logits, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            (int[] alone, float[] logProb) = Draw(level, logits, [rows[i]]);
            Assert.Equal(together[i], alone[0]);
            Assert.Equal(Bits.Of(logProbs[i]), Bits.Of(logProb[0]));
        }
        Assert.True(together.Distinct().Count() > 10);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Impossible_tokens_are_never_drawn(SimdLevel level)
    {
        float[] logits = [.. Enumerable.Range(0, 50).Select(i => i % 7 == 3 ? i / 50f : float.NegativeInfinity)];
        foreach (float topP in (float[])[1, 0.9f])
        {
            (int[] ids, _) = Draw(level, logits, [.. Enumerable.Range(0, 500).Select(i => new SamplingRow { Draw = i, TopP = topP })]);
            Assert.All(ids, id => Assert.Equal(3, id % 7));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void NaN_logits_are_an_error_that_says_what_happened(int threads)
    {
        using Device device = Device.Cpu(threads);
        using Graph graph = new(device, record: false);
        Tensor logits = graph.From([0, 1, 2, 0, float.NaN, 2, 0, 1, 2], new Shape(3, 3));
        SamplingRow[] rows = [new(), new(), new()];
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => device.Sample(logits, rows, new int[3], new float[3]));
        Assert.Equal("the logits hold NaN: the weights are damaged or training diverged", error.Message);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Draws_over_many_blocks_fall_where_the_cumulative_distribution_says(SimdLevel level)
    {
        Seed seed = Seed.From(11);
        float[] logits = Draws.Normal(seed.Fork("logits"), 3 * 1024 + 77, 3);
        const float temperature = 0.8f;
        double[] weights = [.. logits.Select(z => Math.Exp(z / temperature))];
        double sum = weights.Sum();
        (int[] ids, float[] logProbs) = Draw(level, logits, [.. Enumerable.Range(0, 200).Select(i => new SamplingRow { Seed = seed, Draw = i, Temperature = temperature })]);
        int checkedDraws = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            double below = weights.Take(ids[i]).Sum() / sum;
            double above = below + (weights[ids[i]] / sum);
            Assert.InRange(seed.Uniform(i), below - 1e-6, above + 1e-6);
            Assert.Equal(Math.Log(weights[ids[i]] / sum), logProbs[i], 3e-6);
            checkedDraws += ids[i] >= 1024 ? 1 : 0;
        }
        Assert.InRange(checkedDraws, 50, 190);                             // draws reach all blocks
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_truncation_draws_what_a_plain_sort_in_double_draws(SimdLevel level)
    {
        Seed seed = Seed.From(12);
        float[] logits = [.. Draws.Normal(seed.Fork("logits"), 1500, 3).Select(z => MathF.Round(z, 1))];      // many ties
        SamplingRow[] rows =
        [
            .. Enumerable.Range(0, 120).Select(i => new SamplingRow
            {
                Seed = seed,
                Draw = i,
                Temperature = i % 3 == 0 ? 1 : 0.7f,
                TopK = i % 4 < 2 ? 0 : (i * 37 % 1600) + 1,
                TopP = i % 5 < 2 ? 1 : 0.5f + (i / 300f),
                MinP = i % 7 < 3 ? 1e-4f : 0.02f,
                RepetitionPenalty = i % 2 == 0 ? 1 : 1.3f,
                Penalized = [.. Enumerable.Range(0, 200).Select(j => j * 7 % 1500), 3, 3],
            }),
        ];
        (int[] ids, _) = Draw(level, logits, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            (int expected, double margin) = PlainSort(logits, rows[i]);
            Assert.True(expected == ids[i] || margin < 1e-6, $"row {i}: token {ids[i]}, by a plain sort {expected} ({rows[i]})");
        }
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(5, 2, 0)]
    [InlineData(70, 3, 0)]
    [InlineData(5, 1, 9)]
    [InlineData(70, 2, 4)]
    public void Drawing_from_hidden_states_is_drawing_from_their_logits_with_the_log_probabilities_of_scoring(int count, int threads, float cap)
    {
        const int vocab = 5003;
        Seed seed = Seed.From(count);
        using Device device = Device.Cpu(threads);
        using Graph graph = new(device, record: false);
        using Parameter table = OpCheck.NewParameter(device, "table", new Shape(vocab, 24), ParameterLayout.Panels, Draws.Normal(seed.Fork("table"), vocab * 24));
        Tensor hidden = graph.From(Draws.Normal(seed.Fork("hidden"), count * 24), new Shape(count, 24));
        SamplingRow[] rows =
        [
            .. Enumerable.Range(0, count).Select(i => new SamplingRow
            {
                Seed = seed.Fork(i), Temperature = i % 4 == 3 ? 0 : 0.9f, TopK = i % 5 == 2 ? 10 : 0, MinP = i % 7 == 5 ? 0.1f : 0, RepetitionPenalty = i % 6 == 4 ? 2 : 1, Penalized = [7, 9],
            }),
        ];
        (int[] ids, float[] logProbs) = (new int[count], new float[count]);
        device.Sample(hidden, table, cap, rows, ids, logProbs);
        (int[] fromLogits, float[] logProbsFromLogits) = (new int[count], new float[count]);
        device.Sample(hidden.Logits(table, cap), rows, fromLogits, logProbsFromLogits);
        Assert.Equal(fromLogits, ids);
        Bits.AssertSame(logProbsFromLogits, logProbs, "log-probabilities");
        float[] scored = hidden.LmHead(table, new Indices(ids), 0.9f, cap).LogProbs.ToArray();
        float[] scoredGreedy = hidden.LmHead(table, new Indices(ids), softCap: cap).LogProbs.ToArray();
        for (int i = 0; i < count; i++)
            Assert.Equal(Bits.Of(rows[i].Temperature == 0 ? scoredGreedy[i] : scored[i]), Bits.Of(logProbs[i]));
        Assert.True(ids.Distinct().Count() >= Math.Min(count, 10));
    }

    [Fact]
    public void After_the_first_call_drawing_allocates_nothing()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        using Parameter table = OpCheck.NewParameter(device, "table", new Shape(2000, 8), ParameterLayout.Panels, Draws.Normal(Seed.From(1), 16_000));
        Tensor hidden = graph.From(Draws.Normal(Seed.From(2), 24), new Shape(3, 8));
        SamplingRow[] rows = [new(), new() { Temperature = 0 }, new() { TopK = 50, TopP = 0.9f, MinP = 0.01f, RepetitionPenalty = 1.2f, Penalized = [1, 2] }];
        (int[] ids, float[] logProbs) = (new int[3], new float[3]);
        device.Sample(hidden, table, 0, rows, ids, logProbs);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int t = 1; t <= 10; t++)
        {
            for (int i = 0; i < rows.Length; i++)
                rows[i] = rows[i] with { Draw = t };
            device.Sample(hidden, table, 0, rows, ids, logProbs);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Settings_that_were_never_made_are_refused()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        Tensor logits = graph.From([0, 1], new Shape(1, 2));
        ArgumentException error = Assert.Throws<ArgumentException>(() => device.Sample(logits, [default], new int[1], new float[1]));
        Assert.StartsWith("row 0 has no settings: begin with new SamplingRow(), not with default", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Penalties_biases_and_masks_change_what_is_drawn_and_not_what_is_recorded(SimdLevel level)
    {
        const int vocab = 1500;
        Seed seed = Seed.From(21);
        float[] logits = Draws.Normal(seed.Fork("logits"), vocab, 2);
        Dictionary<int, float> bias = new() { [5] = 4, [1499] = 3.5f, [70] = -100 };
        SamplingRow[] rows = new SamplingRow[60];
        double[][] weights = new double[rows.Length][];
        for (int i = 0; i < rows.Length; i++)
        {
            LogitChanges changes = new(i % 2 == 0 ? bias : null) { PresencePenalty = i % 3, FrequencyPenalty = i % 5 * 0.4f };
            int[] seen = Draws.Below(seed.Fork("seen").Fork(i), 300, 200);
            foreach (int id in seen)
                changes.See(id);
            ulong[] allowed = new ulong[(vocab + 63) / 64];
            for (int id = 0; id < vocab; id++)
                if (seed.Fork("allowed").Below(id, 3) > 0)
                    allowed[id / 64] |= 1UL << (id % 64);
            changes.Allowed = i % 4 == 1 ? null : allowed;
            rows[i] = new SamplingRow { Seed = seed, Draw = i, Temperature = i % 6 == 0 ? 0 : 0.9f, RepetitionPenalty = i % 7 == 0 ? 1.2f : 1, Penalized = [1, 2, 3], Changes = changes };
            double[] z = Draws.Widen(logits);
            foreach (int id in (ReadOnlySpan<int>)[1, 2, 3])
                z[id] = z[id] > 0 ? z[id] / rows[i].RepetitionPenalty : z[id] * rows[i].RepetitionPenalty;
            foreach (IGrouping<int, int> group in seen.GroupBy(id => id))
                z[group.Key] -= changes.PresencePenalty + (changes.FrequencyPenalty * group.Count());
            foreach ((int id, float value) in i % 2 == 0 ? bias : [])
                z[id] += value;
            double factor = rows[i].Temperature == 0 ? 1 : 1 / 0.9f;
            weights[i] = [.. z.Select((logit, id) => changes.Allowed is null || (allowed[id / 64] >> (id % 64) & 1) == 1 ? Math.Exp(logit * factor) : 0)];
        }
        (int[] ids, float[] logProbs) = Draw(level, logits, rows);
        double sumRecorded = logits.Sum(z => Math.Exp(z / 0.9f)), sumGreedy = logits.Sum(z => Math.Exp(z));
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].Temperature == 0)
                Assert.Equal(weights[i].Max(), weights[i][ids[i]], 1e-4 * weights[i].Max());
            else
            {
                double sum = weights[i].Sum();
                double below = weights[i].Take(ids[i]).Sum() / sum;
                Assert.InRange(seed.Uniform(i), below - 1e-5, below + (weights[i][ids[i]] / sum) + 1e-5);
            }
            double recorded = rows[i].Temperature == 0 ? logits[ids[i]] - Math.Log(sumGreedy) : (logits[ids[i]] / 0.9f) - Math.Log(sumRecorded);
            Assert.Equal(recorded, logProbs[i], 1e-5);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.8f)]
    public void A_mask_of_one_token_leaves_that_one_whatever_the_truncation(float temperature)
    {
        ulong[] allowed = [1UL << 3];
        SamplingRow[] rows =
        [
            .. Enumerable.Range(0, 20).Select(i => new SamplingRow
            {
                Draw = i, Temperature = temperature, TopK = i % 3, TopP = i % 2 == 0 ? 1 : 0.5f, MinP = i % 5 * 0.1f, Changes = new LogitChanges { Allowed = allowed },
            }),
        ];
        Assert.All(Draw(Simd.Best, [5, 4, 3, -20, 1, 0], rows).Ids, id => Assert.Equal(3, id));
    }

    [Fact]
    public void A_mask_that_allows_nothing_is_an_error()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        Tensor logits = graph.From([0, 1], new Shape(1, 2));
        SamplingRow[] rows = [new SamplingRow { Changes = new LogitChanges { Allowed = [4] } }];
        ArithmeticException error = Assert.Throws<ArithmeticException>(() => device.Sample(logits, rows, new int[1], new float[1]));
        Assert.Equal("no token is both allowed and possible", error.Message);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void The_likeliest_tokens_are_told_at_temperature_one(SimdLevel level)
    {
        const int vocab = 3000;
        Seed seed = Seed.From(22);
        float[] logits = [.. Draws.Normal(seed, vocab, 2).Select(z => MathF.Round(z, 2))];                   // some ties
        double logSum = Math.Log(logits.Sum(z => Math.Exp(z)));
        int[] order = [.. Enumerable.Range(0, vocab).OrderByDescending(id => logits[id]).ThenBy(id => id)];
        int[] counts = [0, 1, 5, 20];
        TopTokens[] tops = [.. counts.Select(count => new TopTokens(count))];
        SamplingRow[] rows =
            [.. tops.Select((top, i) => new SamplingRow { Seed = seed, Draw = i, Temperature = i % 2 == 0 ? 1 : 0.5f, TopP = i == 3 ? 0.9f : 1, Top = top })];
        (int[] ids, float[] logProbs) = Draw(level, logits, rows);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(order.Take(counts[i]), tops[i].Ids.ToArray());
            Assert.All(tops[i].Ids.ToArray().Zip(tops[i].LogProbs.ToArray()), pair => Assert.Equal(logits[pair.First] - logSum, pair.Second, 1e-5));
            Assert.Equal(logits[ids[i]] - logSum, tops[i].Drawn, 1e-5);
            if (i % 2 == 0)
                Assert.Equal(Bits.Of(logProbs[i]), Bits.Of(tops[i].Drawn));
            (int[] without, float[] same) = Draw(level, logits, [rows[i] with { Top = null }]);
            Assert.Equal((without[0], Bits.Of(same[0])), (ids[i], Bits.Of(logProbs[i])));
        }
        (int[] few, _) = Draw(level, [1, 2], [new SamplingRow { Top = tops[3] }]);
        Assert.Equal([1, 0], tops[3].Ids.ToArray());
        Assert.InRange(few[0], 0, 1);
    }

    // The token, and how far the draw is from the next one.
    private static (int Id, double Margin) PlainSort(float[] logits, SamplingRow row)
    {
        float[] changed = [.. logits];
        foreach (int id in row.Penalized.Distinct())
            changed[id] = changed[id] > 0 ? changed[id] / row.RepetitionPenalty : changed[id] * row.RepetitionPenalty;
        List<(int Id, double Weight)> kept =
        [
            .. changed.Select((z, id) => (id, z)).OrderByDescending(pair => pair.z).ThenBy(pair => pair.id)
                .Select(pair => (pair.id, Math.Exp((pair.z - changed.Max()) / row.Temperature))),
        ];
        if (row.TopK > 0)
            kept = [.. kept.Take(row.TopK)];
        if (row.TopP < 1)
        {
            double total = kept.Sum(pair => pair.Weight);
            double before = 0;
            int count = 0;
            while (count < kept.Count && before < row.TopP * total)
                before += kept[count++].Weight;
            kept = [.. kept.Take(count)];
        }
        kept = [.. kept.Where(pair => pair.Weight >= row.MinP)];
        double target = row.Seed.Uniform(row.Draw) * kept.Sum(pair => pair.Weight);
        double cumulative = 0;
        foreach ((int id, double weight) in kept)
        {
            if (cumulative + weight > target)
                return (id, Math.Min(target - cumulative, cumulative + weight - target) / kept.Sum(pair => pair.Weight));
            cumulative += weight;
        }
        return (kept[0].Id, 0);
    }

    private static (int[] Ids, float[] LogProbs) Draw(SimdLevel level, float[] logits, SamplingRow[] rows)
    {
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        int[] ids = new int[rows.Length];
        float[] logProbs = new float[rows.Length];
        Tensor repeated = graph.From([.. Enumerable.Repeat(logits, rows.Length).SelectMany(row => row)], new Shape(rows.Length, logits.Length));
        device.Sample(repeated, rows, ids, logProbs);
        return (ids, logProbs);
    }
}
