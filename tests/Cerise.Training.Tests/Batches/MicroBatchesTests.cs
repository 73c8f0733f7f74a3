using Cerise.Models;
using Cerise.Tensors;
using Cerise.Training.Batches;

namespace Cerise.Training.Tests.Batches;

public class MicroBatchesTests
{
    [Fact]
    public void Every_sequence_is_in_exactly_one_pack_and_none_is_too_long_but_for_its_only_one()
    {
        for (int trial = 0; trial < 50; trial++)
        {
            RandomStream random = Seed.From(trial).Stream();
            TokenSequence[] sequences = [.. Enumerable.Range(0, random.Between(1, 12)).Select(_ => OfLength(random.Between(1, 20)))];
            int most = random.Between(1, 40);
            (int First, int Count)[] packs = [.. MicroBatches.Cut(sequences, most)];
            Assert.Equal(Enumerable.Range(0, sequences.Length), packs.SelectMany(pack => Enumerable.Range(pack.First, pack.Count)));
            Assert.All(packs, pack => Assert.True(pack.Count == 1 || sequences.Skip(pack.First).Take(pack.Count).Sum(sequence => sequence.Ids.Count) <= most));
        }
    }

    [Fact]
    public void Packs_are_as_full_as_the_order_allows() =>
        Assert.Equal([(0, 2), (2, 1), (3, 1), (4, 2)], MicroBatches.Cut([OfLength(4), OfLength(6), OfLength(5), OfLength(30), OfLength(1), OfLength(9)], 10));

    [Fact]
    public void Nothing_to_cut_gives_no_pack() => Assert.Empty(MicroBatches.Cut([], 10));

    [Fact]
    public void A_pack_scores_what_its_sequences_train()
    {
        TokenSequence[] sequences = [TokenSequence.Of([1, 2], [3, 4]), TokenSequence.All([5, 6, 7]), TokenSequence.Of([8, 9, 10], [11])];
        TokenBatch pack = MicroBatches.Pack(sequences, 1, 2);
        Assert.Equal([5, 6, 7, 8, 9, 10, 11], pack.Ids.Values.ToArray());
        Assert.Equal([6, 7, 11], pack.Targets.Values.ToArray());
        Assert.Equal([0, 2, 3], pack.Offsets.Values.ToArray());
        Assert.Equal([0, 1, 5], pack.Rows.Values.ToArray());
    }

    private static TokenSequence OfLength(int length) => TokenSequence.All([.. Enumerable.Range(0, length)]);
}
