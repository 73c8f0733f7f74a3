using System.Runtime.Intrinsics.X86;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Rule 3: the same bits on any number of threads; and the claim of ILanes: the same bits on every vector width with fused multiply-add.</summary>
public sealed class ThreadsAndLevelsTests
{
    public static TheoryData<int> Seeds => Levels.Seeds(8);

    // Shapes large enough to be shared out among threads, with ragged edges.
    private static IEnumerable<OpCase> LargeCases =>
    [
        OpCases.Linear(Seed.From(1), 203, 131, 197, bias: true),
        OpCases.Linear(Seed.From(2), 5, 600, 330, bias: true),
        OpCases.Linear(Seed.From(3), 700, 40, 65, bias: false),
        OpCases.Embedding(Seed.From(4), 90, 100, 150, 3.3f),
        OpCases.RmsNorm(Seed.From(5), 70, 77),
        OpCases.AddRmsNorm(Seed.From(6), 70, 33, 1),
        OpCases.HeadRmsNorm(Seed.From(6), 70, 5, 24, 1),
        OpCases.Rotary(Seed.From(7), 100, 3, 36),
        OpCases.Rotary(Seed.From(15), 100, 3, 41, 17),
        OpCases.SwiGlu(Seed.From(8), 30_011),
        OpCases.GeGlu(Seed.From(16), GeluForm.Exact, 30_011),
        OpCases.GeGlu(Seed.From(17), GeluForm.Tanh, 30_011),
        OpCases.LayerNorm(Seed.From(18), 70, 77),
        OpCases.AddLayerNorm(Seed.From(19), 70, 33),
        OpCases.Split(Seed.From(20), 70, 77, 20, 30),
        OpCases.Attention(Seed.From(9), [130, 7, 64], 6, 2, 24),
        OpCases.Attention(Seed.From(10), [3, 100], 2, 2, 80),
        OpCases.SharedAttention(Seed.From(14), [[70, 30, 64, 1], [5, 80], [128, 9, 9]], 6, 2, 24),
        OpCases.Attention(Seed.From(15), [130, 7, 64], 6, 2, 24, new AttentionSettings(24, 0.3f, Window: 50, SoftCap: 2)),
        OpCases.SharedAttention(Seed.From(16), [[70, 30, 64, 1], [128, 9, 9]], 2, 2, 80, new AttentionSettings(80, 0.1f, Window: 66)),
        OpCases.LmHead(Seed.From(11), 37, 50, 333, 0.8f),
        OpCases.LmHead(Seed.From(14), 21, 10, 2100),
        OpCases.LmHead(Seed.From(17), 21, 10, 2100, 0.8f, 3),
        .. Enum.GetValues<UnaryOp>().Select(op => OpCases.Unary(Seed.From(12), op, 20_001)),
        .. Enum.GetValues<BinaryOp>().Select(op => OpCases.Binary(Seed.From(13), op, 20_001)),
    ];

    [Fact]
    public void Every_op_gives_the_same_bits_on_one_two_and_three_threads()
    {
        using Device one = Device.Cpu(1);
        using Device two = Device.Cpu(2);
        using Device three = Device.Cpu(3);
        foreach (OpCase op in LargeCases)
        {
            OpResult expected = OpCheck.Run(op, one);
            AssertSame(expected, OpCheck.Run(op, two), $"{op.Name} on two threads");
            AssertSame(expected, OpCheck.Run(op, three), $"{op.Name} on three threads");
        }
    }

    [Fact]
    public void Every_op_gives_the_same_bits_on_every_level_with_fused_multiply_add()
    {
        SimdLevel[] fused = FusedLevels();
        using Device widest = Device.Cpu(1, fused[^1]);
        foreach (SimdLevel level in fused[..^1])
        {
            using Device device = Device.Cpu(1, level);
            foreach (OpCase op in LargeCases)
                AssertSame(OpCheck.Run(op, widest), OpCheck.Run(op, device), $"{op.Name}: {level} against {fused[^1]}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_model_gives_the_same_bits_on_any_threads_and_fused_level(int number)
    {
        Seed seed = Seed.From(number).Fork("threads");
        TinySizes sizes = TinySizes.Draw(seed);
        int[][] batch = RandomBatch.Draw(seed, sizes.Vocab, 6, 150);
        float[][]? expected = null;
        foreach (SimdLevel level in FusedLevels().Reverse())
        {
            foreach (int threads in level == SimdLevel.Scalar ? [1] : (int[])[1, 2, 3])
            {
                using Device device = Device.Cpu(threads, level);
                using TinyModel model = new(device, sizes, seed);
                float[][] actual = [Score(model, batch), .. model.Gradients(batch, [Range.All])];
                expected ??= actual;
                for (int i = 0; i < expected.Length; i++)
                    Bits.AssertSame(expected[i], actual[i], $"seed {number}, {sizes}: {(i == 0 ? "log-probabilities" : $"gradient of {model.Parameters[i - 1].Name}")} on {device.Name}");
            }
        }
    }

    private static float[] Score(TinyModel model, int[][] batch)
    {
        using Graph graph = new(model.Device, record: false);
        int[] ids = [.. batch.SelectMany(ids => ids)];
        Tensor hidden = model.Hidden(graph, ids, AttentionPlan.Packed([.. batch.Select(ids => ids.Length)]));
        return model.Score(hidden, ids).LogProbs.ToArray();
    }

    private static SimdLevel[] FusedLevels() => Fma.IsSupported ? [.. Levels.Usable] : [Simd.Best];

    private static void AssertSame(OpResult expected, OpResult actual, string what)
    {
        for (int k = 0; k < expected.Outputs.Length; k++)
            Bits.AssertSame(expected.Outputs[k], actual.Outputs[k], $"{what}, output {k}");
        for (int k = 0; k < expected.Gradients.Length; k++)
            Bits.AssertSame(expected.Gradients[k], actual.Gradients[k], $"{what}, gradient {k}");
    }
}
