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

    [Fact]
    public void A_group_that_fits_is_never_cut_and_counts_its_prompt_once()
    {
        // Groups of 4 + 2 + 3 + 1 = 10 and 4 + 2 + 2 = 8 tokens around a sequence of 5.
        TokenSequence[] sequences = [Of(0, 4, 2), Of(0, 4, 3), Of(0, 4, 1), OfLength(5), Of(1, 4, 2), Of(1, 4, 2)];
        Assert.Equal([(0, 6)], MicroBatches.Cut(sequences, 23));
        Assert.Equal([(0, 4), (4, 2)], MicroBatches.Cut(sequences, 22));
        Assert.Equal([(0, 3), (3, 3)], MicroBatches.Cut(sequences, 13));
        Assert.Equal([(0, 3), (3, 1), (4, 2)], MicroBatches.Cut(sequences, 10));
    }

    [Fact]
    public void A_group_too_large_for_a_pack_begins_one_and_is_cut_into_parts_that_share_the_prompt_again()
    {
        TokenSequence[] sequences = [OfLength(2), Of(7, 4, 2), Of(7, 4, 2), Of(7, 4, 3), Of(7, 4, 9), OfLength(1)];
        Assert.Equal([(0, 1), (1, 2), (3, 1), (4, 1), (5, 1)], MicroBatches.Cut(sequences, 9));
        Assert.Equal([(0, 1), (1, 1), (2, 1), (3, 1), (4, 1), (5, 1)], MicroBatches.Cut(sequences, 1));
        Assert.Equal([1, 2, 3, 4, 100, 101, 100, 101], MicroBatches.Pack(sequences, 1, 2).Ids.Values.ToArray());
    }

    [Fact]
    public void Packs_of_groups_hold_every_sequence_once_and_no_more_tokens_than_asked_for()
    {
        for (int trial = 0; trial < 50; trial++)
        {
            RandomStream random = Seed.From(trial).Fork("groups").Stream();
            TokenSequence[] sequences = [.. Enumerable.Range(0, random.Between(1, 6)).SelectMany(group =>
            {
                int prompt = random.Between(0, 12);
                return Enumerable.Range(0, random.Between(1, 5)).Select(_ => Of(group, prompt, random.Between(1, 9))).ToArray();
            })];
            int most = random.Between(1, 50);
            (int First, int Count)[] packs = [.. MicroBatches.Cut(sequences, most)];
            Assert.Equal(Enumerable.Range(0, sequences.Length), packs.SelectMany(pack => Enumerable.Range(pack.First, pack.Count)));
            Assert.All(packs, pack => Assert.True(pack.Count == 1 || MicroBatches.Pack(sequences, pack.First, pack.Count).Ids.Count <= most));
            foreach (IGrouping<int?, int> group in Enumerable.Range(0, sequences.Length).GroupBy(i => sequences[i].Group))
            {
                int[] members = [.. group];
                bool isCut = !packs.Any(pack => pack.First <= members[0] && members[^1] < pack.First + pack.Count);
                Assert.Equal(isCut, MicroBatches.Pack(sequences, members[0], members.Length).Ids.Count > most && members.Length > 1);
            }
        }
    }

    [Fact]
    public void Sequences_of_a_group_share_their_prompt_and_others_do_not()
    {
        TokenSequence[] sequences = [Of(0, 2, 2), Of(0, 2, 1), Of(1, 2, 1), TokenSequence.Of([1, 2], [5]), TokenSequence.Of([1, 2], [5])];
        TokenBatch pack = MicroBatches.Pack(sequences, 0, 5);
        Assert.Equal([1, 2, 100, 101, 100, 1, 2, 100, 1, 2, 5, 1, 2, 5], pack.Ids.Values.ToArray());
        Assert.Equal([1, 2, 1, 6, 9, 12], pack.Rows.Values.ToArray());
        Assert.Equal([0, 2, 3, 4, 5, 6], pack.Offsets.Values.ToArray());
    }

    private static TokenSequence Of(int group, int prompt, int completion) =>
        TokenSequence.Of([.. Enumerable.Range(1, prompt)], [.. Enumerable.Range(100, completion)]) with { Group = group };

    private static TokenSequence OfLength(int length) => TokenSequence.All([.. Enumerable.Range(0, length)]);
}
