using Cerise.Tensors.Autograd;
using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Rule 2 with a shared beginning: what a continuation's rows give and are given has the bits of a layout that repeats what it continues.</summary>
public sealed class SharedPrefixTests
{
    public static TheoryData<int> Seeds => Levels.Seeds(12);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Hidden_states_have_the_bits_of_the_repeated_layout(int number)
    {
        Seed seed = Seed.From(number).Fork("shared prefix");
        TinySizes sizes = TinySizes.Draw(seed);
        int[][] groups = SharedLayout.Draw(seed, 4);
        SharedLayout layout = new(groups);
        int[] ids = Draws.Below(seed.Fork("ids"), layout.Rows, sizes.Vocab);
        foreach (SimdLevel level in Levels.Usable)
        {
            using Device device = Device.Cpu(1 + (number % 3), level);
            using TinyModel model = new(device, sizes, seed);
            float[] shared = Hidden(model, ids, layout.Plan());
            float[] repeated = Hidden(model, layout.Repeated(ids), AttentionPlan.Packed(layout.Lengths));
            string what = $"seed {number}, {sizes}, groups {Text(groups)}, {device.Name}";
            Bits.AssertSame(repeated, layout.Repeated(shared), what);
        }
    }

    // Every length up to three blocks of what is shared, with short and block-sized continuations.
    [Fact]
    public void Every_length_of_what_is_shared_gives_the_same_bits()
    {
        using Device device = Device.Cpu(2);
        for (int length = 0; length <= 192; length++)
        {
            int[][] groups = [[length, 1 + (length % 70), 64, 3]];
            AssertSameAttention(device, Seed.From(length), groups, new AttentionShape(2, 1, 8), new AttentionSettings(8) with { Window = length % 3 * 25, SoftCap = length % 2 });
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_of_continuations_have_the_bits_of_the_repeated_layout(int number)
    {
        Seed seed = Seed.From(number).Fork("shared gradients");
        RandomStream draws = seed.Stream();
        int kvHeads = draws.Between(1, 3);
        int[][] groups = SharedLayout.Draw(seed, 3);
        AttentionShape shape = new(kvHeads * draws.Between(1, 3), kvHeads, 2 * draws.Between(2, 40));
        AttentionSettings settings = new AttentionSettings(shape.HeadDim) with { Window = number % 2 * draws.Between(1, 140), SoftCap = number % 3 };
        foreach (SimdLevel level in Levels.Usable)
        {
            using Device device = Device.Cpu(1 + (number % 3), level);
            AssertSameAttention(device, seed, groups, shape, settings);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_group_gives_and_gets_the_same_bits_wherever_it_is_packed(int number)
    {
        Seed seed = Seed.From(number).Fork("order of groups");
        int[][] groups = [.. SharedLayout.Draw(seed, 3), [70, 5, 66], [12, 60]];
        AttentionShape shape = new(4, 2, 12);
        int[] order = seed.Fork("order").Permutation(groups.Length);
        int[] firstRows = [.. groups.Select((_, i) => groups[..i].Sum(group => group.Sum()))];
        int[] rows = [.. order.SelectMany(i => Enumerable.Range(firstRows[i], groups[i].Sum()))];
        float[][] operands = Operands(seed, rows.Length, shape);
        using Device device = Device.Cpu(2);
        AttentionSettings settings = new AttentionSettings(12) with { Window = number % 2 * 50 };
        float[][] expected = Attend(device, operands, new SharedLayout(groups).Plan(), shape, settings);
        float[][] actual = Attend(device, [.. operands.Select(Moved)], new SharedLayout([.. order.Select(i => groups[i])]).Plan(), shape, settings);
        for (int k = 0; k < expected.Length; k++)
            Bits.AssertSame(Moved(expected[k]), actual[k], $"seed {number}, groups {Text(groups)} as {string.Join(' ', order)}: {Result(k)}");

        float[] Moved(float[] values)
        {
            int columns = values.Length / rows.Length;
            return [.. rows.SelectMany(row => values[(row * columns)..((row + 1) * columns)])];
        }
    }

    // Output bits of all rows; gradient bits of the continuations' rows. (A shared row's gradient is another sum: over all continuations at once.)
    private static void AssertSameAttention(Device device, Seed seed, int[][] groups, AttentionShape shape, AttentionSettings settings)
    {
        SharedLayout layout = new(groups);
        float[][] operands = Operands(seed, layout.Rows, shape);
        float[][] shared = Attend(device, operands, layout.Plan(), shape, settings);
        float[][] repeated = Attend(
            device, [.. operands[..3].Select(layout.Repeated), layout.RepeatedOnce(operands[3])], AttentionPlan.Packed(layout.Lengths), shape, settings);
        string what = $"{seed}, groups {Text(groups)}, {shape}, {settings}, {device.Name}";
        Bits.AssertSame(repeated[0], layout.Repeated(shared[0]), $"{what}: {Result(0)}");
        for (int k = 1; k < shared.Length; k++)
        {
            float[] expected = layout.Once(repeated[k]);
            int columns = expected.Length / Math.Max(1, layout.Rows);
            int row = 0;
            foreach (int[] group in groups)
            {
                Range continuations = ((row + group[0]) * columns)..((row += group.Sum()) * columns);
                Bits.AssertSame(expected.AsSpan(continuations), shared[k].AsSpan(continuations), $"{what}: {Result(k)}");
            }
        }
    }

    // Queries, keys, values, and the gradient of the output.
    private static float[][] Operands(Seed seed, int rows, AttentionShape shape) =>
    [
        Draws.Normal(seed.Fork("queries"), rows * shape.Heads * shape.HeadDim, 1.5f),
        Draws.Normal(seed.Fork("keys"), rows * shape.KvHeads * shape.HeadDim, 1.5f),
        Draws.Normal(seed.Fork("values"), rows * shape.KvHeads * shape.HeadDim),
        Draws.Normal(seed.Fork("gradient"), rows * shape.Heads * shape.HeadDim),
    ];

    // Output, then the gradients of queries, keys and values.
    private static float[][] Attend(Device device, float[][] operands, AttentionPlan plan, AttentionShape shape, AttentionSettings settings)
    {
        using Graph graph = new(device, record: true);
        Tensor Leaf(int k, int heads) => graph.Leaf(operands[k], new Shape(plan.Rows, heads * shape.HeadDim));
        Tensor[] inputs = [Leaf(0, shape.Heads), Leaf(1, shape.KvHeads), Leaf(2, shape.KvHeads)];
        Tensor y = inputs[0].Attention(inputs[1], inputs[2], plan, settings);
        float[] output = y.ToArray();
        graph.Backward(y.Dot(operands[3]));
        return [output, .. inputs.Select(input => input.Gradient!.ToArray())];
    }

    private static string Result(int k) => k == 0 ? "output" : $"gradient of {(k == 1 ? "queries" : k == 2 ? "keys" : "values")}";

    private static float[] Hidden(TinyModel model, int[] ids, AttentionPlan plan)
    {
        using Graph graph = new(model.Device, record: false);
        return model.Hidden(graph, ids, plan).ToArray();
    }

    private static string Text(int[][] groups) => string.Join(' ', groups.Select(group => $"[{string.Join(' ', group)}]"));
}
