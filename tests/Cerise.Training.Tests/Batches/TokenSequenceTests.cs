using Cerise.Training.Batches;

namespace Cerise.Training.Tests.Batches;

public class TokenSequenceTests
{
    [Fact]
    public void Of_a_prompt_and_completion_trains_the_completion()
    {
        TokenSequence sequence = TokenSequence.Of([1, 2, 3], [4, 5]);
        Assert.Equal([1, 2, 3, 4, 5], sequence.Ids);
        Assert.Equal([false, false, false, true, true], sequence.Trained);
        Assert.Equal(2, sequence.TrainedCount);
    }

    [Fact]
    public void All_trains_every_token_but_the_first()
    {
        TokenSequence sequence = TokenSequence.All([1, 2, 3]);
        Assert.Equal(2, sequence.TrainedCount);
        Assert.Equal(0, TokenSequence.All([1]).TrainedCount);
    }

    [Fact]
    public void A_completion_without_a_prompt_loses_its_first_token() => Assert.Equal(1, TokenSequence.Of([], [4, 5]).TrainedCount);
}
