using Cerise.Data.Datasets;

namespace Cerise.Data.Tests.Datasets;

public sealed class MixedDatasetTests
{
    [Fact]
    public void Each_epoch_of_one_source_is_another_order_of_all_rows()
    {
        for (int count = 1; count <= 70; count++)
        {
            var mix = new MixedDataset([(Rows("a", count), 1)], Random(1));
            Assert.Equal(count, mix.Count);
            string[] first = Ids(mix, 0), second = Ids(mix, 1);
            Assert.Equal(Enumerable.Range(0, count).Select(i => $"a{i}").Order(), first.Order());
            Assert.Equal(first.Order(), second.Order());
            if (count > 5)
                Assert.NotEqual(first, second);
        }
    }

    [Fact]
    public void Any_place_can_be_asked_for_alone_and_seeds_differ()
    {
        IReadOnlyList<(IReadOnlyList<Row>, double)> sources = [(Rows("a", 30), 1), (Rows("b", 7), 2)];
        var mix = new MixedDataset(sources, Random(1));
        string[] epoch = Ids(mix, 5);
        var fresh = new MixedDataset(sources, Random(1));
        for (int i = epoch.Length - 1; i >= 0; i--)
            Assert.Equal(epoch[i], fresh.At(5, i).GetString("id"));
        Assert.NotEqual(epoch, Ids(new MixedDataset(sources, Random(2)), 5));
    }

    [Fact]
    public void Sources_get_their_share_of_every_epoch()
    {
        var mix = new MixedDataset([(Rows("a", 50), 1), (Rows("b", 3), 1), (Rows("c", 9), 0), (Rows("d", 40), 2)], Random(3), count: 102);
        for (int epoch = 0; epoch < 4; epoch++)
        {
            ILookup<char, string> bySource = Ids(mix, epoch).ToLookup(id => id[0]);
            Assert.Equal((26, 25, 0, 51), (bySource['a'].Count(), bySource['b'].Count(), bySource['c'].Count(), bySource['d'].Count()));
            Assert.All(bySource['b'].GroupBy(id => id), group => Assert.InRange(group.Count(), 8, 9));
        }
    }

    [Fact]
    public void A_source_is_gone_through_before_its_rows_come_again()
    {
        var mix = new MixedDataset([(Rows("a", 100), 1), (Rows("b", 100), 3)], Random(4), count: 100);
        string[] fourEpochs = [.. Enumerable.Range(0, 4).SelectMany(epoch => Ids(mix, epoch)).Where(id => id[0] == 'a')];
        Assert.Equal(100, fourEpochs.Length);
        Assert.Equal(100, fourEpochs.Distinct().Count());
    }

    [Fact]
    public void Without_a_count_an_epoch_is_as_long_as_the_sources()
        => Assert.Equal(13, new MixedDataset([(Rows("a", 10), 0.2), (Rows("b", 3), 5), (Rows("c", 90), 0)], Random(1)).Count);

    [Fact]
    public void All_orders_of_four_rows_come_about_equally_often()
    {
        var mix = new MixedDataset([(Rows("a", 4), 1)], Random(7));
        var counts = Enumerable.Range(0, 4800).Select(epoch => string.Concat(Ids(mix, epoch))).CountBy(order => order).ToDictionary();
        Assert.Equal(24, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 130, 270));        // 200 each, five standard deviations
    }

    [Fact]
    public void Every_row_comes_about_equally_often_at_every_place()
    {
        const int epochs = 2000, rows = 11;
        var mix = new MixedDataset([(Rows("a", rows), 1)], Random(8));
        var counts = Enumerable.Range(0, epochs).SelectMany(epoch => Ids(mix, epoch).Select((id, place) => (id, place))).CountBy(pair => pair).ToDictionary();
        Assert.Equal(rows * rows, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 115, 250));        // 182 each, five standard deviations
    }

    [Fact]
    public void Large_orders_hold_every_index_once()
    {
        const int count = 100_003;
        var order = new IndexPermutation(count, Random(5)("x"));
        bool[] seen = new bool[count];
        for (int i = 0; i < count; i++)
        {
            Assert.False(seen[order.At(i)]);
            seen[order.At(i)] = true;
        }
    }

    [Fact]
    public void Misuse_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new MixedDataset([], Random(1)));
        Assert.Throws<ArgumentException>(() => new MixedDataset([(Rows("a", 1), 0)], Random(1)));
        Assert.Throws<ArgumentException>(() => new MixedDataset([(Rows("a", 1), -1), (Rows("b", 1), 2)], Random(1)));
        Assert.Throws<ArgumentException>(() => new MixedDataset([(Rows("a", 1), double.NaN)], Random(1)));
        Assert.Throws<ArgumentException>(() => new MixedDataset([(Rows("a", 0), 1)], Random(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MixedDataset([(Rows("a", 1), 1)], Random(1), count: 0));
        var mix = new MixedDataset([(Rows("a", 2), 1)], Random(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => mix.At(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => mix.At(-1, 0));
    }

    private static Row[] Rows(string name, int count) => [.. Enumerable.Range(0, count).Select(i => Row.From(("id", $"{name}{i}")))];

    private static string[] Ids(MixedDataset mix, int epoch) => [.. mix.Epoch(epoch).Select(row => row.GetString("id"))];

    /// <summary>A keyed source like Cerise.Tensors.Seed, which this project does not see: SplitMix64 of a hash of the purpose.</summary>
    private static Func<string, Func<long, ulong>> Random(ulong seed) => purpose =>
    {
        ulong key = purpose.Aggregate(seed * 0x9E3779B97F4A7C15, (hash, c) => (hash ^ c) * 0x100000001B3);
        return index =>
        {
            ulong x = key + ((ulong)index + 1) * 0x9E3779B97F4A7C15;
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        };
    };
}
