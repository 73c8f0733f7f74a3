using Cerise.Data;
using Cerise.Training.Batches;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class PretrainTrainerTests
{
    private static readonly int End = Toy.Tokenizer.EosId!.Value;

    [Fact]
    public void A_document_is_ended_and_trained_whole()
    {
        TokenSequence sequence = Assert.Single(PretrainTrainer.Tokenize(["abc"], Toy.Tokenizer, 100));
        Assert.Equal([.. Toy.Tokenizer.Encode("abc"), End], sequence.Ids);
        Assert.Equal(3, sequence.TrainedCount);
    }

    [Fact]
    public void A_document_that_the_tokenizer_ends_is_ended_once()
    {
        Assert.Equal([.. Toy.Tokenizer.Encode("abc"), End], Toy.EndingTokenizer.Encode("abc"));
        Assert.Equal([.. Toy.Tokenizer.Encode("abc"), End], Assert.Single(PretrainTrainer.Tokenize(["abc"], Toy.EndingTokenizer, 100)).Ids);
    }

    [Fact]
    public void A_long_document_is_cut_so_that_every_token_but_the_first_is_predicted_once()
    {
        for (int length = 1; length < 30; length++)
        {
            int[] ids = [.. Toy.Tokenizer.Encode(new string([.. Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26)))])), End];
            for (int most = 2; most < 12; most++)
            {
                IReadOnlyList<TokenSequence> pieces = PretrainTrainer.Tokenize([Toy.Tokenizer.Decode(ids.AsSpan(..^1))], Toy.Tokenizer, most);
                Assert.Equal(ids[1..], pieces.SelectMany(piece => piece.Ids.Skip(1)));
                Assert.All(pieces, piece => Assert.InRange(piece.Ids.Count, 2, most));
                Assert.All(pieces.Zip(pieces.Skip(1)), pair => Assert.Equal(pair.First.Ids[^1], pair.Second.Ids[0]));
            }
        }
    }

    [Fact]
    public void An_empty_document_teaches_nothing_and_is_left_out() => Assert.Single(PretrainTrainer.Tokenize(["", "a"], Toy.Tokenizer, 10));

    [Fact]
    public void A_tokenizer_without_an_end_is_refused()
    {
        Tokenizer endless = BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 256, SpecialTokens = [], EosToken = null });
        TrainingException error = Assert.Throws<TrainingException>(() => PretrainTrainer.Tokenize(["a"], endless, 10));
        Assert.Equal("the tokenizer names no eos_token, so that documents could not be ended. Add one to tokenizer_config.json", error.Message);
    }
}
