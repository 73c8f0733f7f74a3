using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Training.Tests.Losses;

/// <summary>Language-model losses as every trainer writes them: weighted sums of token log-probabilities whose divisor was fixed before.</summary>
public class TokenSumTests
{
    private static readonly float[][] Logits = [[2, 1, 0.1f], [0.5f, 2.5f, -1], [0, 0, 0], [1, -1, 3]];
    private static readonly int[] Labels = [0, 1, 2, 0];

    [Fact]
    public void V02_masked_sum_and_mean()
    {
        Engine.Near(2.29610984, Loss([0, 1, 2, 3], [0, 1, 0, 1]).Value);
        Engine.Near(1.14805492, Loss([0, 1, 2, 3], [0, 0.5f, 0, 0.5f]).Value);
    }

    [Fact]
    public void V02_masked_rows_have_no_gradient_whatever_they_hold()
    {
        float[] gradient = Loss([0, 1, 2, 3], [0, 0.5f, 0, 0.5f]).Gradient;
        Assert.Equal(new float[3], gradient[..3]);
        Assert.Equal(new float[3], gradient[6..9]);
        Assert.All(gradient[3..6].Concat(gradient[9..]), slope => Assert.NotEqual(0, slope));
    }

    [Fact]
    public void V05_parts_of_a_batch_add_up_to_its_mean()
    {
        (double first, float[] firstGradient) = Loss([0, 1, 2], [0.25f, 0.25f, 0.25f]);
        (double second, float[] secondGradient) = Loss([3], [0.25f]);
        (double whole, float[] gradient) = Loss([0, 1, 2, 3], [0.25f, 0.25f, 0.25f, 0.25f]);
        Engine.Near(0.95293804, first + second);
        Engine.Near(whole, first + second);
        Assert.Equal(gradient, firstGradient.Concat(secondGradient));
    }

    [Fact]
    public void V06_ranks_of_unequal_token_counts()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        float first = graph.From([1, 2, 3]).Dot([1 / 8f, 1 / 8f, 1 / 8f]).Item();
        float second = graph.From([4, 4, 4, 4, 4]).Dot([1 / 8f, 1 / 8f, 1 / 8f, 1 / 8f, 1 / 8f]).Item();
        Assert.Equal(3.25f, first + second);
        Assert.Equal((1.5f, 5f), (2 * first, 2 * second));                                  // what each of two ranks sends back when gradients are averaged
    }

    [Fact]
    public void V10_all_masked_is_exactly_zero()
    {
        (double loss, float[] gradient) = Loss([0, 1, 2, 3], [0, 0, 0, 0]);
        Assert.Equal(0, loss);
        Assert.Equal(new float[12], gradient);
    }

    [Fact]
    public void V11_log_probability_of_a_completion()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        Tensor tokens = graph.Leaf([-9, -9, -0.5f, -0.25f, -1.25f, -7], new Shape(6));
        Tensor sums = (tokens * graph.From([0, 0, 1, 1, 1, 0])).SegmentSum(new Indices([0, 6]));
        Assert.Equal([-2f], sums.ToArray());
        Tensor mean = sums.Dot([1 / 3f]);
        Engine.Near(-0.66666667, mean.Item());
        graph.Backward(mean);
        Assert.Equal([0, 0, 1 / 3f, 1 / 3f, 1 / 3f, 0], tokens.Gradient!.ToArray());
    }

    // Minus the weighted sum of the labels' log-probabilities; the logits are the hidden states of a head whose table is the identity.
    private static (double Value, float[] Gradient) Loss(int[] rows, float[] weights)
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        using Parameter identity = new(device, "identity", new Shape(3, 3), ParameterLayout.Panels);
        identity.SetRows(0, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        Tensor logits = graph.Leaf([.. rows.SelectMany(row => Logits[row])], new Shape(rows.Length, 3));
        Tensor loss = logits.LmHead(identity, new Indices([.. rows.Select(row => Labels[row])])).LogProbs.Dot([.. weights.Select(weight => -weight)]);
        float value = loss.Item();
        graph.Backward(loss);
        return (value, logits.Gradient!.ToArray());
    }
}
