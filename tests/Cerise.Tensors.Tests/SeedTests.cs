namespace Cerise.Tensors.Tests;

public sealed class SeedTests
{
    private static readonly Seed Root = Seed.From(7);

    [Fact]
    public void Numbers_depend_on_the_seed_and_the_index_alone()
    {
        double[] forwards = [.. Enumerable.Range(0, 100).Select(i => Root.Uniform(i))];
        double[] backwards = [.. Enumerable.Range(0, 100).Reverse().Select(i => Seed.From(7).Uniform(i)).Reverse()];
        Assert.Equal(forwards, backwards);
        Assert.NotEqual(Root.Uniform(0), Seed.From(8).Uniform(0));
    }

    [Fact]
    public void Forks_differ_from_each_other_and_from_their_parent()
    {
        HashSet<ulong> keys = [Root.Key];
        foreach (string purpose in (string[])["", "init", "rollout", "rolloux", "tillorou"])
            Assert.True(keys.Add(Root.Fork(purpose).Key), purpose);
        for (long index = -500; index < 500; index++)
        {
            Assert.True(keys.Add(Root.Fork(index).Key), $"fork {index}");
            Assert.True(keys.Add(Root.Fork("rollout").Fork(index).Key), $"rollout, fork {index}");
            Assert.True(keys.Add(Seed.From(index + 1_000_000).Key), $"root {index}");
        }
        Assert.NotEqual(Root.Fork(1).Fork(2).Key, Root.Fork(2).Fork(1).Key);
    }

    [Fact]
    public void Forks_are_uncorrelated()
    {
        const int count = 20_000;
        double sum = 0;
        (Seed a, Seed b) = (Root.Fork("a"), Root.Fork("b"));
        for (int i = 0; i < count; i++)
            sum += (a.Uniform(i) - 0.5) * (b.Uniform(i) - 0.5) * 12;
        Assert.InRange(sum / count, -4 / Math.Sqrt(count), 4 / Math.Sqrt(count));       // four standard deviations
    }

    [Fact]
    public void Uniform_fills_the_half_open_unit_interval_evenly()
    {
        const int count = 64_000;
        int[] bins = new int[64];
        for (int i = 0; i < count; i++)
        {
            double u = Root.Uniform(i);
            Assert.True(u is >= 0 and < 1);
            bins[(int)(u * bins.Length)]++;
        }
        double chiSquared = bins.Sum(n => Math.Pow(n - (count / 64.0), 2) / (count / 64.0));
        Assert.InRange(chiSquared, 25, 125);                                            // 63 degrees of freedom: 63 +- 5.5 deviations of 11.2
    }

    [Fact]
    public void Normal_has_mean_zero_and_variance_one()
    {
        const int count = 40_000;
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            double x = Root.Normal(i);
            sum += x;
            squares += x * x;
        }
        Assert.InRange(sum / count, -4 / Math.Sqrt(count), 4 / Math.Sqrt(count));
        Assert.InRange((squares / count) - 1, -4 * Math.Sqrt(2.0 / count), 4 * Math.Sqrt(2.0 / count));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    public void Below_takes_every_value_equally_often(int bound)
    {
        const int each = 2000;
        int[] counts = new int[bound];
        for (int i = 0; i < each * bound; i++)
            counts[Root.Below(i, bound)]++;
        Assert.All(counts, n => Assert.InRange(n, each - (5 * Math.Sqrt(each)), each + (5 * Math.Sqrt(each))));
    }

    [Fact]
    public void Below_refuses_an_empty_range() => Assert.Throws<ArgumentOutOfRangeException>(() => Root.Below(0, 0));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(100)]
    public void Permutation_holds_every_number_once(int count)
    {
        int[] order = Root.Permutation(count);
        Assert.Equal(Enumerable.Range(0, count), order.Order());
        Assert.Equal(order, Root.Permutation(count));
    }

    [Fact]
    public void Permutations_of_three_are_equally_likely()
    {
        Dictionary<(int, int, int), int> counts = [];
        for (int i = 0; i < 6000; i++)
        {
            int[] order = Root.Fork(i).Permutation(3);
            (int, int, int) key = (order[0], order[1], order[2]);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        Assert.Equal(6, counts.Count);
        Assert.All(counts.Values, n => Assert.InRange(n, 850, 1150));
    }

    [Fact]
    public void Stream_yields_the_numbers_of_its_seed_in_order()
    {
        RandomStream stream = Root.Stream();
        Assert.Equal(Root.Uniform(0), stream.Uniform());
        Assert.Equal(5 + Root.Below(1, 6), stream.Between(5, 10));
        Assert.Equal("abc"[Root.Below(2, 3)], stream.Pick("abc".ToCharArray()));
        Assert.Equal(Root.Uniform(3) < 0.5, stream.Chance(0.5));
    }
}
