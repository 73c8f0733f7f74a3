using Cerise.Tensors;
using Cerise.Training.Batches;

namespace Cerise.Training.Tests.Batches;

public class ShuffledOrderTests
{
    [Fact]
    public void Every_epoch_has_every_example_once_in_an_order_of_its_own()
    {
        ShuffledOrder order = new(20, Seed.From(3));
        int[][] epochs = [.. Enumerable.Range(0, 5).Select(epoch => Enumerable.Range(20 * epoch, 20).Select(place => order.At(place)).ToArray())];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 20), epoch.Order()));
        Assert.Equal(5, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
    }

    [Fact]
    public void A_place_is_a_function_of_the_seed_alone()
    {
        ShuffledOrder forwards = new(7, Seed.From(1));
        ShuffledOrder backwards = new(7, Seed.From(1));
        int[] one = [.. Enumerable.Range(0, 40).Select(place => forwards.At(place))];
        int[] other = [.. Enumerable.Range(0, 40).Reverse().Select(place => backwards.At(place)).Reverse()];
        Assert.Equal(one, other);
        ShuffledOrder another = new(7, Seed.From(2));
        Assert.NotEqual(one, Enumerable.Range(0, 40).Select(place => another.At(place)));
    }
}
