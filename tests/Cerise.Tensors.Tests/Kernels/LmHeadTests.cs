using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class LmHeadTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_remainder_of_the_vocabulary_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level, Enumerable.Range(2, 256).Where(vocab => vocab % 3 == 2).Select(vocab => OpCases.LmHead(Seed.From(vocab), 1 + (vocab % 13), 1 + (vocab * 3 % 40), vocab, vocab % 2 == 0 ? 1 : 0.6f)));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Vocabularies_of_many_blocks_and_ragged_last_ones_match_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(level, ((int[])[1023, 1024, 1025, 2049, 3000]).Select(vocab => OpCases.LmHead(Seed.From(vocab), 9, 5, vocab, vocab % 2 == 0 ? 1 : 0.7f)));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Capped_logits_match_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level, ((int[])[2, 15, 16, 17, 100, 1023, 1025, 2049]).Select(vocab => OpCases.LmHead(Seed.From(vocab), 7, 5, vocab, vocab % 2 == 0 ? 1 : 0.7f, 1 + (vocab % 3))));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_capped_logit_stays_below_the_cap_and_a_cap_far_above_changes_little(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        using Parameter table = OpCheck.NewParameter(device, "table", new Shape(5, 1), ParameterLayout.Panels, [1e9f, -100, 0.5f, 3, float.PositiveInfinity]);
        float[] logits = graph.From([1], new Shape(1, 1)).Logits(table, 30).ToArray();
        double[] expected = [30, 30 * Math.Tanh(-100 / 30.0), 30 * Math.Tanh(0.5 / 30), 30 * Math.Tanh(0.1), 30];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], logits[i], 1e-5);
        Assert.Equal(0.5, graph.From([1], new Shape(1, 1)).Logits(table, 1e6f).ToArray()[2], 1e-7);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_block_of_impossible_tokens_adds_nothing(SimdLevel level)
    {
        float[] logits = new float[2100];
        logits.AsSpan(0, 1024).Fill(float.NegativeInfinity);
        logits.AsSpan(2048).Fill(float.NegativeInfinity);
        (float[] logProbs, float[] entropies) = Score(level, logits, 2100, [1500, 0, 2099], raw: true);
        Assert.Equal(-Math.Log(1024), logProbs[0], 1e-6);
        Assert.Equal([float.NegativeInfinity, float.NegativeInfinity], logProbs[1..]);
        Assert.All(entropies, entropy => Assert.Equal(Math.Log(1024), entropy, 1e-6));
    }

    // More rows than are taken at once, and more than one strip of the vocabulary; on the narrow levels, which are slow, many strips of few rows.
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Loss_and_gradient_in_one_pass_have_the_bits_of_two(SimdLevel level)
    {
        AssertSamePasses(level, 0);
        AssertSamePasses(level, 2.5f);
    }

    [Fact]
    public void One_pass_adds_to_other_losses_and_refuses_a_factor_that_came_too_late()
    {
        OpCase op = OpCases.LmHead(Seed.From(5), 3, 4, 21);
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        using Parameter table = OpCheck.NewParameter(device, "table", op.Weights[0].Shape, ParameterLayout.Panels, op.Weights[0].Values);
        Tensor hidden = graph.Leaf(op.Inputs[0].Values, op.Inputs[0].Shape);
        Tensor loss = hidden.LmHeadLoss(table, new Indices([1, 2, 3]), [1, 1, 1]).Loss;
        graph.Backward(loss + hidden.Dot([.. Enumerable.Repeat(1f, 12)]));
        float[] sum = hidden.Gradient!.ToArray();
        hidden = graph.Leaf(op.Inputs[0].Values, op.Inputs[0].Shape);
        loss = hidden.LmHeadLoss(table, new Indices([1, 2, 3]), [1, 1, 1]).Loss;
        graph.Backward(loss);
        Assert.Equal(sum, hidden.Gradient!.ToArray().Select(g => g + 1));
        hidden = graph.Leaf(op.Inputs[0].Values, op.Inputs[0].Shape);
        loss = hidden.LmHeadLoss(table, new Indices([1, 2, 3]), [1, 1, 1]).Loss;
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => graph.Backward(0.5f * loss));
        Assert.Equal("the gradient by LmHeadLoss is 0.5, but its gradients were made for 1 in the forward pass: put the factor into its weights", error.Message);
    }

    [Fact]
    public void One_pass_without_recording_leaves_the_gradient_of_the_table_alone()
    {
        OpCase op = OpCases.LmHead(Seed.From(5), 3, 4, 21);
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        using Parameter table = OpCheck.NewParameter(device, "table", op.Weights[0].Shape, ParameterLayout.Panels, op.Weights[0].Values);
        Tensor hidden = graph.From(op.Inputs[0].Values, op.Inputs[0].Shape);
        (Tensor loss, Tensor logProbs, _, Tensor statistics) = hidden.LmHeadLoss(table, new Indices([1, 2, 3]), [1, 0, 2]);
        float[] each = logProbs.ToArray();
        Assert.Equal(-(each[0] + (2 * each[2])), loss.Item(), 1e-6);
        float likeliest = Enumerable.Range(0, table.Shape.Rows).Max(id => hidden.LmHead(table, new Indices([id, 2, 3])).LogProbs.ToArray()[0]);
        Assert.Equal(likeliest, -statistics.ToArray()[1]);
        Assert.All(table.ToArray(table.Gradient!), g => Assert.Equal(0f, g));
    }

    // algorithms.md, section 13.1
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Log_probabilities_and_entropies_match_V01_and_V03(SimdLevel level)
    {
        (float[] logProbs, float[] entropies) = Score(level, [2, 1, 0.1f, 0.5f, 2.5f, -1, 0, 0, 0, 1, -1, 3], 3, [0, 1, 2, 0]);
        AssertVector([-0.41703002, -0.15317821, -1.09861229, -2.14293163], logProbs);
        AssertVector([0.84673818, 0.47608757, 1.09861229, 0.44105744], entropies);
        Assert.Equal(0.95293804, -logProbs.Average(), 1e-6);
        Assert.Equal(2.59331774, Math.Exp(-logProbs.Average()), 1e-5);
        Assert.Equal(2.29610984, -(logProbs[1] + logProbs[3]), 1e-5);                    // V02
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Large_logits_keep_their_precision_as_in_V04(SimdLevel level)
    {
        float[] logits = [1000, 1001, 999];
        (float[] logProbs, _) = Score(level, [.. logits, .. logits, .. logits], 3, [0, 1, 2]);
        AssertVector([-1.40760596, -0.40760596, -2.40760596], logProbs);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Temperature_divides_the_logits_as_in_V07(SimdLevel level)
    {
        float[] logits = [1, 2, 0.5f];
        (float[] logProbs, _) = Score(level, [.. logits, .. logits, .. logits], 3, [0, 1, 2], 0.7f);
        AssertVector([-1.73382585, -0.30525442, -2.44811157], logProbs);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Masked_tokens_have_loss_and_gradient_exactly_zero_as_in_V10(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        OpCase op = OpCases.LmHead(Seed.From(5), 6, 9, 21);
        using Parameter table = OpCheck.NewParameter(device, "table", op.Weights[0].Shape, ParameterLayout.Panels, op.Weights[0].Values);
        Tensor hidden = graph.Leaf(op.Inputs[0].Values, op.Inputs[0].Shape);
        (Tensor logProbs, _) = hidden.LmHead(table, new Indices([0, 1, 2, 3, 4, 5]));
        Tensor loss = logProbs.Dot(new float[6]);
        Assert.Equal(0f, loss.Item());
        graph.Backward(loss);
        Assert.All(hidden.Gradient!.ToArray(), g => Assert.Equal(0f, g));
        Assert.All(table.ToArray(table.Gradient!), g => Assert.Equal(0f, g));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Impossible_tokens_have_probability_zero_and_add_nothing_to_the_entropy(SimdLevel level)
    {
        float[] row = [float.NegativeInfinity, 2, float.NegativeInfinity, 1, float.NegativeInfinity];
        float[] logits = [.. Enumerable.Repeat(row, 2).SelectMany(r => r)];
        (float[] logProbs, float[] entropies) = Score(level, logits, 5, [1, 0], raw: true);
        Assert.Equal(-Math.Log(1 + Math.Exp(-1)), logProbs[0], 1e-6);
        Assert.Equal(float.NegativeInfinity, logProbs[1]);
        double p = 1 / (1 + Math.Exp(-1));
        Assert.All(entropies, h => Assert.Equal((-p * Math.Log(p)) - ((1 - p) * Math.Log(1 - p)), h, 1e-6));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_NaN_spoils_its_row_and_no_other(SimdLevel level)
    {
        OpCase op = OpCases.LmHead(Seed.From(6), 11, 8, 50);
        float[] spoiled = [.. op.Inputs[0].Values];
        spoiled[(4 * 8) + 7] = float.NaN;
        using Device device = Device.Cpu(2, level);
        OpResult clean = OpCheck.Run(op, device);
        OpResult dirty = OpCheck.Run(op with { Inputs = [(op.Inputs[0].Shape, spoiled)] }, device);
        for (int k = 0; k < 2; k++)
            for (int row = 0; row < 11; row++)
                if (row == 4)
                    Assert.True(float.IsNaN(dirty.Outputs[k][row]));
                else
                    Assert.Equal(Bits.Of(clean.Outputs[k][row]), Bits.Of(dirty.Outputs[k][row]));
        Assert.All(dirty.Gradients[0][(4 * 8)..(5 * 8)], g => Assert.True(float.IsNaN(g)));
        Bits.AssertSame(clean.Gradients[0].AsSpan(0, 4 * 8), dirty.Gradients[0].AsSpan(0, 4 * 8), "gradients before");
        Bits.AssertSame(clean.Gradients[0].AsSpan(5 * 8), dirty.Gradients[0].AsSpan(5 * 8), "gradients after");
    }

    private static void AssertSamePasses(SimdLevel level, float cap)
    {
        bool wide = level == Simd.Best;
        int rows = wide ? 1100 : 50;
        const int vocab = 2500;
        using Device device = Device.Cpu(wide ? 3 : 1, level);
        int[] targets = Draws.Below(Seed.From(1), rows, vocab);
        float[] weights = [.. Draws.Normal(Seed.From(2), rows).Select((w, i) => i % 5 == 0 ? 0 : w)];
        float[] values = Draws.Normal(Seed.From(3), vocab * 6);
        float[] states = Draws.Normal(Seed.From(4), rows * 6);
        float[][] two = Gradients((hidden, table) =>
        {
            (Tensor logProbs, Tensor entropies) = hidden.LmHead(table, new Indices(targets), 0.9f, cap);
            return (-logProbs.Dot(weights), logProbs, entropies);
        });
        float[][] one = Gradients((hidden, table) =>
        {
            (Tensor loss, Tensor logProbs, Tensor entropies, _) = hidden.LmHeadLoss(table, new Indices(targets), weights, 0.9f, cap);
            return (loss, logProbs, entropies);
        });
        for (int k = 0; k < two.Length; k++)
            Bits.AssertSame(two[k], one[k], ((string[])["loss", "log-probabilities", "entropies", "gradient of the states", "gradient of the table"])[k]);

        float[][] Gradients(Func<Tensor, Parameter, (Tensor Loss, Tensor LogProbs, Tensor Entropies)> apply)
        {
            using Graph graph = new(device, record: true);
            using Parameter table = OpCheck.NewParameter(device, "table", new Shape(vocab, 6), ParameterLayout.Panels, values);
            Tensor hidden = graph.Leaf(states, new Shape(rows, 6));
            (Tensor loss, Tensor logProbs, Tensor entropies) = apply(hidden, table);
            float[][] outputs = [loss.ToArray(), logProbs.ToArray(), entropies.ToArray()];
            graph.Backward(loss);
            return [.. outputs, hidden.Gradient!.ToArray(), table.ToArray(table.Gradient!)];
        }
    }

    // With the identity as table the hidden states are the logits; infinite ones go in as weights of a single channel instead, 0 * infinity being NaN.
    private static (float[] LogProbs, float[] Entropies) Score(SimdLevel level, float[] logits, int vocab, int[] targets, float temperature = 1, bool raw = false)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        float[] table = new float[vocab * vocab];
        for (int v = 0; v < vocab; v++)
            table[v * (vocab + 1)] = 1;
        using Parameter weight = raw
            ? OpCheck.NewParameter(device, "table", new Shape(vocab, 1), ParameterLayout.Panels, logits.AsSpan(0, vocab))
            : OpCheck.NewParameter(device, "table", new Shape(vocab, vocab), ParameterLayout.Panels, table);
        Tensor hidden = raw ? graph.From([.. targets.Select(_ => 1f)], new Shape(targets.Length, 1)) : graph.From(logits, new Shape(targets.Length, vocab));
        (Tensor logProbs, Tensor entropies) = hidden.LmHead(weight, new Indices(targets), temperature);
        return (logProbs.ToArray(), entropies.ToArray());
    }

    // Eight decimals; float32 to 1e-5 relative.
    private static void AssertVector(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - (1e-6 * Math.Max(1, Math.Abs(expected[i]))), expected[i] + (1e-6 * Math.Max(1, Math.Abs(expected[i]))));
    }
}
