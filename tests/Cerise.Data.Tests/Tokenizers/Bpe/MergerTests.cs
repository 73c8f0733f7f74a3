using Cerise.Data.Tokenizers.Bpe;

namespace Cerise.Data.Tests.Tokenizers.Bpe;

public class MergerTests
{
    [Fact]
    public void Short_and_long_pieces_merge_as_the_definition_says()
    {
        var random = new Random(61);
        for (int round = 0; round < 300; round++)
        {
            (int Left, int Right, int Result)[] merges = RandomMerges(random);
            var table = new MergeTable(merges);
            foreach (int length in new[] { 0, 1, 2, 5, 20, Merger.ShortLength, Merger.ShortLength + 1, 200 })
            {
                int[] symbols = [.. Enumerable.Range(0, length).Select(_ => random.Next(4))];
                int[] expected = MergeByDefinition(symbols, merges);
                int[] actual = [.. symbols];
                int count = Merger.Merge(actual, [], table);
                Assert.Equal(expected, actual[..count]);
            }
        }
    }

    [Fact]
    public void A_pair_that_is_named_twice_takes_its_last_rank()
    {
        var table = new MergeTable([(0, 1, 5), (1, 2, 6), (0, 1, 5)]);
        Assert.Equal(2, table.RankOf(0, 1));
        Assert.Equal(1, table.RankOf(1, 2));
        Assert.Equal(MergeTable.None, table.RankOf(2, 1));
    }

    [Fact]
    public void A_heap_gives_its_keys_in_order()
    {
        var random = new Random(62);
        ulong[] keys = [.. Enumerable.Range(0, 1000).Select(_ => (ulong)random.NextInt64(200))];
        var heap = new MinHeap(1);
        foreach (ulong key in keys)
            heap.Push(key);
        List<ulong> popped = [];
        while (heap.TryPop(out ulong key))
            popped.Add(key);
        Assert.Equal(keys.Order(), popped);
    }

    private static (int Left, int Right, int Result)[] RandomMerges(Random random)
    {
        var merges = new List<(int Left, int Right, int Result)>();
        var seen = new HashSet<(int Left, int Right)>();
        int next = 4;
        for (int i = random.Next(40); i > 0; i--)
        {
            (int left, int right) = (random.Next(next), random.Next(next));
            if (seen.Add((left, right)))
                merges.Add((left, right, next++));
        }
        return [.. merges.OrderBy(_ => random.Next())];                            // ranks need not follow the order of the ids
    }

    private static int[] MergeByDefinition(int[] symbols, (int Left, int Right, int Result)[] merges)
    {
        List<int> list = [.. symbols];
        while (true)
        {
            int best = int.MaxValue, at = -1;
            for (int i = 0; i + 1 < list.Count; i++)
            {
                int rank = Array.FindIndex(merges, merge => merge.Left == list[i] && merge.Right == list[i + 1]);
                if (rank >= 0 && rank < best)
                    (best, at) = (rank, i);
            }
            if (at < 0)
                return [.. list];
            list[at] = merges[best].Result;
            list.RemoveAt(at + 1);
        }
    }
}
