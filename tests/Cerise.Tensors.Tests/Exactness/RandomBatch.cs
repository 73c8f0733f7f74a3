namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Sequences of random tokens.</summary>
internal static class RandomBatch
{
    /// <summary>Between one and <paramref name="most"/> sequences, of up to <paramref name="longest"/> tokens, short and block-sized ones often among them.</summary>
    public static int[][] Draw(Seed seed, int vocab, int most, int longest)
    {
        RandomStream draws = seed.Fork("lengths").Stream();
        int[] special = [1, 2, 63, 64, 65];
        return [.. Enumerable.Range(0, draws.Between(1, most)).Select(i =>
        {
            int length = Math.Min(longest, draws.Chance(0.4) ? draws.Pick(special) : draws.Between(1, longest));
            return Draws.Below(seed.Fork("ids").Fork(i), length, vocab);
        })];
    }
}
