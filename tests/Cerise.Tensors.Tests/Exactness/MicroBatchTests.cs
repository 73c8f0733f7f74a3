namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Rule 5: the gradient does not depend on how a batch is split into micro-batches, to the last bit.</summary>
public sealed class MicroBatchTests
{
    public static TheoryData<int> Seeds => Levels.Seeds(10);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Gradients_are_the_same_bits_wherever_the_batch_is_split(int number)
    {
        Seed seed = Seed.From(number).Fork("micro");
        TinySizes sizes = TinySizes.Draw(seed) with { Tied = number % 2 == 0 };
        using Device device = Device.Cpu(2);
        using TinyModel model = new(device, sizes, seed);
        int[][] batch = [.. RandomBatch.Draw(seed, sizes.Vocab, 6, 100), .. RandomBatch.Draw(seed.Fork("more"), sizes.Vocab, 2, 70)];
        float[][] expected = model.Gradients(batch, [Range.All]);
        Range[][] splits =
        [
            [.. Enumerable.Range(0, batch.Length).Select(i => new Range(i, i + 1))],
            .. Enumerable.Range(1, batch.Length - 1).Select(at => (Range[])[Range.EndAt(at), Range.StartAt(at)]),
        ];
        foreach (Range[] split in splits)
        {
            float[][] actual = model.Gradients(batch, split);
            for (int i = 0; i < expected.Length; i++)
                Bits.AssertSame(expected[i], actual[i], $"seed {number}, {sizes}: gradient of {model.Parameters[i].Name}, {batch.Length} sequences split as {string.Join(" | ", split)}");
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Loss_and_gradient_in_one_pass_give_the_bits_of_two_passes_wherever_the_batch_is_split(int number)
    {
        Seed seed = Seed.From(number).Fork("one pass");
        TinySizes sizes = TinySizes.Draw(seed) with { Tied = number % 2 == 0 };
        using Device device = Device.Cpu(1 + (number % 3));
        using TinyModel model = new(device, sizes, seed);
        int[][] batch = RandomBatch.Draw(seed, sizes.Vocab, 6, 100);
        float[][] expected = model.LikelihoodGradients(batch, [Range.All], onePass: false);
        Range[][] splits = [[Range.All], [Range.EndAt(batch.Length / 3), Range.StartAt(batch.Length / 3)]];
        foreach (Range[] split in splits)
        {
            float[][] actual = model.LikelihoodGradients(batch, split, onePass: true);
            for (int i = 0; i < expected.Length; i++)
                Bits.AssertSame(expected[i], actual[i], $"seed {number}, {sizes}: gradient of {model.Parameters[i].Name}, {batch.Length} sequences split as {string.Join(" | ", split)}");
        }
    }
}
