using Cerise.Tensors;
using Cerise.Training.Losses;

namespace Cerise.Training.Tests.Losses;

public class PolicyLossTests
{
    [Theory]
    [InlineData(1.5, 1, -1.2, 0)]                                           // V46
    [InlineData(0.5, 1, -0.5, -0.5)]                                        // V47
    [InlineData(1.5, -1, 1.5, 1.5)]                                         // V48
    [InlineData(0.5, -1, 0.8, 0)]                                           // V49
    [InlineData(1.1, 2, -2.2, -2.2)]                                        // V50
    [InlineData(1, 0, 0, 0)]                                                // V51
    public void V46_to_V51_clip(double ratio, double advantage, double loss, double slope)
    {
        (float[] values, float[] gradient) = Clipped(ratio, advantage, 0.2f, 0.2f);
        Engine.Near([loss], values);
        Engine.Near([slope], gradient);
    }

    [Fact]
    public void V52_a_batch_with_a_masked_token()
    {
        (float[] values, float[] gradient) = Engine.Evaluate(
            [-0.9f, -1.6f, -0.4f, -3],
            x => PolicyLoss.Clipped(x, x.Constant(-1.2f, -1.5f, -1, -1), x.Constant(1, -0.5f, 1, 9), 0.2f, 0.2f),
            [1f / 3, 1f / 3, 1f / 3, 0]);
        Engine.Near([-1.2, 0.45241871, -1.2], values[..3]);
        Engine.Near(-0.64919376, values[..3].Average());
        Engine.Near([0, 0.5 * 0.90483742 / 3, 0, 0], gradient);
        Assert.Equal(0f, gradient[3]);
        (float[] ratios, _) = Engine.Evaluate([-0.9f, -1.6f, -0.4f], x => PolicyLoss.Ratio(x, x.Constant(-1.2f, -1.5f, -1)));
        Engine.Near([1.34985881, 0.90483742, 1.82211880], ratios);
    }

    [Theory]
    [InlineData(5, 3, 0)]
    [InlineData(1.5, 1.5, 1.5)]
    public void V56_dual_clip_bounds_the_ratio_of_bad_tokens(double ratio, double loss, double slope)
    {
        (float[] values, float[] gradient) = Clipped(ratio, -1, 0.2f, 0.2f, delta: 3);
        Engine.Near([loss], values);
        Engine.Near([slope], gradient);
    }

    [Fact]
    public void V82_clip_higher()
    {
        Engine.Near([-1.2], Clipped(1.25, 1, 0.2f, 0.2f).Values);
        Engine.Near([-1.25], Clipped(1.25, 1, 0.2f, 0.28f).Values);
    }

    [Fact]
    public void V92_on_policy_the_slope_is_minus_the_advantage()
    {
        (float[] values, float[] gradient) = Clipped(1, 0.8, 0.2f, 0.2f);
        Engine.Near([-0.8], values);
        Assert.Equal([-0.8f], gradient);
        (values, gradient) = Engine.Evaluate(
            [-1f],
            x => PolicyLoss.Clipped(x, x.Constant(-1), x.Constant(0.8f), 0.2f, 0.2f) + (0.04f * KlPenalty.Of(KlEstimator.K3, x, x.Constant(-1.5f))),
            [1]);
        Engine.Near([0.04 * 0.10653066 - 0.8], values);
        Engine.Near([(0.04 * (1 - Math.Exp(-0.5))) - 0.8], gradient);
    }

    [Fact]
    public void V95_two_sided_clip()
    {
        Engine.Near([4], Clipped(6, -1, 0.2f, 0.2f, delta: 4).Values);
        Engine.Near([6], Clipped(6, -1, 0.2f, 0.2f).Values);
    }

    [Fact]
    public void V99_R1s_epsilon_of_10_never_binds_below()
    {
        (float[] values, float[] gradient) = Clipped(12, 1, 10, 10);
        Engine.Near([-11], values);
        Assert.Equal([0f], gradient);
        (values, gradient) = Clipped(0.001, -1, 10, 10);
        Engine.Near([0.001], values);
        Engine.Near([0.001], gradient);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1.5f)]
    public void Clipped_loss_has_the_gradient_of_finite_differences(float? delta)
    {
        double[] ratios = [0.3, 0.79, 0.81, 0.99, 1.05, 1.27, 1.29, 1.49, 1.55, 4];
        foreach (double advantage in (double[])[-2, -0.3, 0.7, 3])
        {
            double[] logProbs = [.. ratios.Select(ratio => Math.Log(ratio) - 2)];
            double Reference(double[] x) => x.Sum(logProb =>
            {
                double ratio = Math.Exp(logProb + 2);
                return -Math.Min(Math.Min(ratio, delta ?? double.MaxValue) * advantage, Math.Clamp(ratio, 0.8, 1.28) * advantage);
            });
            (float[] values, float[] gradient) = Engine.Evaluate(
                Floats(logProbs), x => PolicyLoss.Clipped(x, Repeated(x, -2, logProbs.Length), Repeated(x, advantage, logProbs.Length), 0.2f, 0.28f, delta));
            Engine.Near(Reference(logProbs), values.Sum(value => (double)value), 1e-5);
            Engine.Near(Engine.Differences(logProbs, Reference), gradient, 1e-5);
        }
    }

    [Fact]
    public void Sequence_loss_has_the_gradient_of_finite_differences()
    {
        double[] old = [-1, -0.5, -2, -0.3, -0.7, -1.1, -0.2];
        double[] logProbs = [-0.9, -0.6, -1.9, -0.8, -0.9, -1.0, -0.1];
        int[] offsets = [0, 3, 5, 6, 7];
        double[] advantages = [1, -1, 0.5, -2];
        double Reference(double[] x) => Enumerable.Range(0, 4).Sum(row =>
        {
            double s = Math.Exp(Enumerable.Range(offsets[row], offsets[row + 1] - offsets[row]).Average(i => x[i] - old[i]));
            return -Math.Min(s * advantages[row], Math.Clamp(s, 0.9, 1.05) * advantages[row]);
        });
        (float[] values, float[] gradient) = Engine.Evaluate(
            Floats(logProbs), x => PolicyLoss.Sequence(x, x.Constant(Floats(old)), x.Constant(Floats(advantages)), new Indices(offsets), 0.1f, 0.05f));
        Engine.Near(Reference(logProbs), values.Sum(value => (double)value), 1e-5);
        Engine.Near(Engine.Differences(logProbs, Reference), gradient, 1e-5);
    }

    [Fact]
    public void Capped_weights_leave_every_token_a_gradient()
    {
        double[] ratios = [0.01, 0.5, 1, 4.9, 5.1, 300];
        double[] logProbs = [.. ratios.Select(ratio => Math.Log(ratio) - 6)];
        (float[] values, float[] gradient) = Engine.Evaluate(
            Floats(logProbs), x => PolicyLoss.CappedWeights(x, Repeated(x, -6, 6), Repeated(x, 0.5, 6), 5));
        Engine.Near([.. ratios.Select(ratio => -0.5 * Math.Min(ratio, 5))], gradient, 1e-5);          // the weight is a constant
        Engine.Near([.. ratios.Select((ratio, i) => -0.5 * Math.Min(ratio, 5) * logProbs[i])], values, 1e-5);
    }

    [Fact]
    public void Extreme_ratios_stay_finite()
    {
        foreach (double advantage in (double[])[-1, 1])
        {
            foreach (float logProb in (float[])[-300, 0])
            {
                (float[] values, float[] gradient) = Engine.Evaluate(
                    [logProb], x => PolicyLoss.Clipped(x, x.Constant(-150), x.Constant((float)advantage), 0.2f, 0.2f));
                Assert.True(float.IsFinite(values[0]) && float.IsFinite(gradient[0]));
            }
        }
    }

    private static (float[] Values, float[] Gradient) Clipped(double ratio, double advantage, float epsilon, float epsilonHigh, float? delta = null) => Engine.Evaluate(
        [(float)(Math.Log(ratio) - 1)], x => PolicyLoss.Clipped(x, x.Constant(-1), x.Constant((float)advantage), epsilon, epsilonHigh, delta));

    private static float[] Floats(double[] numbers) => [.. numbers.Select(number => (float)number)];

    private static Tensor Repeated(Tensor like, double value, int times) => like.Constant([.. Enumerable.Repeat((float)value, times)]);
}
