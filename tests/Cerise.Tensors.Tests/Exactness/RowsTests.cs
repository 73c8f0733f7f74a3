using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Rule 2: a row's result depends on that row alone, whatever shares the batch with it and wherever it stands.</summary>
public sealed class RowsTests
{
    public static TheoryData<int> Seeds => Levels.Seeds(10);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_sequence_scores_alike_alone_and_packed_anywhere_among_others(int number)
    {
        Seed seed = Seed.From(number).Fork("rows");
        TinySizes sizes = TinySizes.Draw(seed);
        using Device device = Device.Cpu(2);
        using TinyModel model = new(device, sizes, seed);
        int[][] batch = RandomBatch.Draw(seed, sizes.Vocab, 8, 140);
        (float[] LogProbs, float[] Entropies)[] alone = [.. batch.Select(ids => Score(model, [ids])[0])];
        for (int shuffle = 0; shuffle < 3; shuffle++)
        {
            int[] order = seed.Fork("order").Fork(shuffle).Permutation(batch.Length);
            (float[] LogProbs, float[] Entropies)[] packed = Score(model, [.. order.Select(i => batch[i])]);
            for (int place = 0; place < order.Length; place++)
            {
                Bits.AssertSame(alone[order[place]].LogProbs, packed[place].LogProbs, $"seed {number}, shuffle {shuffle}: log-probabilities of sequence {order[place]} at place {place}");
                Bits.AssertSame(alone[order[place]].Entropies, packed[place].Entropies, $"seed {number}, shuffle {shuffle}: entropies of sequence {order[place]} at place {place}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_follows_a_token_does_not_change_it(int number)
    {
        Seed seed = Seed.From(number).Fork("prefix");
        TinySizes sizes = TinySizes.Draw(seed);
        using Device device = Device.Cpu(2);
        using TinyModel model = new(device, sizes, seed);
        int[] whole = Draws.Below(seed.Fork("ids"), 135, sizes.Vocab);
        float[] expected = Score(model, [whole])[0].LogProbs;
        foreach (int length in (int[])[1, 2, seed.Below(0, 60) + 3, 63, 64, 65, seed.Below(1, 60) + 66])
            Bits.AssertSame(expected.AsSpan(0, length), Score(model, [whole[..length]])[0].LogProbs, $"seed {number}: the first {length} tokens");
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_row_of_a_product_is_the_same_in_a_batch_of_any_height(int number)
    {
        Seed seed = Seed.From(number).Fork("product");
        RandomStream draws = seed.Stream();
        (int channels, int outputs) = (draws.Between(1, 700), draws.Between(1, 300));
        using Device device = Device.Cpu(3);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "weight", new Shape(outputs, channels), ParameterLayout.Panels, Draws.Normal(seed.Fork("w"), outputs * channels));
        using Parameter bias = OpCheck.NewParameter(device, "bias", new Shape(outputs), ParameterLayout.Plain, Draws.Normal(seed.Fork("b"), outputs));
        float[] x = Draws.Normal(seed.Fork("x"), 250 * channels);
        float[] y = graph.From(x, new Shape(250, channels)).Linear(weight, bias).ToArray();
        foreach (int rows in (int[])[1, 2, 3, 4, 5, 6, 7, draws.Between(8, 120)])
        {
            int first = draws.Between(0, 250 - rows);
            float[] part = graph.From(x.AsSpan(first * channels, rows * channels), new Shape(rows, channels)).Linear(weight, bias).ToArray();
            Bits.AssertSame(y.AsSpan(first * outputs, rows * outputs), part, $"seed {number}: rows {first} to {first + rows - 1} of {channels} x {outputs}");
        }
    }

    private static (float[] LogProbs, float[] Entropies)[] Score(TinyModel model, int[][] batch)
    {
        using Graph graph = new(model.Device, record: false);
        int[] ids = [.. batch.SelectMany(ids => ids)];
        (Tensor logProbs, Tensor entropies) = model.Score(model.Hidden(graph, ids, AttentionPlan.Packed([.. batch.Select(ids => ids.Length)])), [.. ids.Select(id => id / 2)], 0.7f);
        (float[] l, float[] h) = (logProbs.ToArray(), entropies.ToArray());
        int first = 0;
        return [.. batch.Select(ids =>
        {
            Range rows = first..(first += ids.Length);
            return (l[rows], h[rows]);
        })];
    }
}
