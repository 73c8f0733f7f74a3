using Cerise.Tensors;
using Cerise.Training.Losses;

namespace Cerise.Training.Tests.Losses;

/// <summary>The vectors of algorithms.md that share one group: completions of 2 and 4 tokens with advantages +1 and -1.</summary>
public class SharedGroupTests
{
    private static readonly float[] LogProbs = [-0.5f, -0.7f, -1, -0.2f, -0.3f, -2];
    private static readonly float[] Old = [-0.6f, -0.7f, -1, -0.5f, -0.3f, -1.5f];
    private static readonly float[] Reference = [-0.6f, -0.9f, -1.1f, -0.5f, -0.3f, -1.5f];
    private static readonly float[] Advantages = [1, 1, -1, -1, -1, -1];
    private static readonly int[] Offsets = [0, 2, 6];

    [Fact]
    public void V79_ratios_and_k3()
    {
        Engine.Near([1.10517092, 1, 1, 1.34985881, 1, 0.60653066], Engine.Evaluate(LogProbs, x => PolicyLoss.Ratio(x, x.Constant(Old))).Values);
        Engine.Near(
            [0.00483742, 0.01873075, 0.00483742, 0.04081822, 0, 0.14872127],
            Engine.Evaluate(LogProbs, x => KlPenalty.Of(KlEstimator.K3, x, x.Constant(Reference))).Values);
    }

    [Fact]
    public void V80_token_losses() => Engine.Near(
        [-1.10497742, -0.99925077, 1.00019350, 1.35149154, 1, 0.80594885], Engine.Evaluate(LogProbs, x => Penalized(x, 0.2f)).Values);

    [Fact]
    public void V81_reductions()
    {
        Engine.Near(-0.00635281, Reduced([0.25f, 0.25f, 0.125f, 0.125f, 0.125f, 0.125f]));
        Engine.Near(0.34223428, Reduced(Enumerable.Repeat(1 / 6f, 6)));
        Engine.Near(0.20534057, Reduced(Enumerable.Repeat(1 / 10f, 6)));
        Engine.Near(1.02670285, Reduced(Enumerable.Repeat(1 / 2f, 6)));

        static double Reduced(IEnumerable<float> weights) => Engine.Evaluate(LogProbs, x => Penalized(x, 0.2f)).Values.Zip(weights, (loss, weight) => (double)loss * weight).Sum();
    }

    [Fact]
    public void V82_clip_higher_token_mean() => Engine.Near(
        0.34078131, Engine.Evaluate(LogProbs, x => PolicyLoss.Clipped(x, x.Constant(Old), x.Constant(Advantages), 0.2f, 0.28f)).Values.Average());

    [Fact]
    public void V85_sequence_ratios()
    {
        (float[] narrow, float[] narrowGradient) = Sequence(3e-4f, 4e-4f);
        Engine.Near([-1.0004, 0.9997], narrow);
        Engine.Near(-0.00035, narrow.Average());
        Assert.Equal(new float[6], narrowGradient);                                         // both ratios are clipped
        (float[] wide, float[] gradient) = Sequence(0.2f, 0.2f);
        Engine.Near([-1.05127110, 0.95122942], wide);
        Engine.Near(-0.05002084, wide.Average());
        double perToken2 = 0.95122942 / 4;                                                  // -s A / |y|
        Engine.Near([-1.05127110 / 2, -1.05127110 / 2, perToken2, perToken2, perToken2, perToken2], gradient);

        static (float[] Values, float[] Gradient) Sequence(float epsilon, float epsilonHigh) =>
            Engine.Evaluate(LogProbs, x => PolicyLoss.Sequence(x, x.Constant(Old), x.Constant(1, -1), new Indices(Offsets), epsilon, epsilonHigh));
    }

    [Fact]
    public void V86_capped_weights()
    {
        (float[] values, float[] gradient) = Engine.Evaluate(LogProbs, x => PolicyLoss.CappedWeights(x, x.Constant(Old), x.Constant(Advantages), 1.2f));
        Engine.Near([0.55258546, 0.7, -1, -0.24, -0.3, -1.21306132], values);
        Engine.Near(-0.25007931, values.Average());
        Engine.Near([-1.10517092, -1, 1, 1.2, 1, 0.60653066], gradient);
    }

    private static Tensor Penalized(Tensor x, float epsilon) =>
        PolicyLoss.Clipped(x, x.Constant(Old), x.Constant(Advantages), epsilon, epsilon) + (0.04f * KlPenalty.Of(KlEstimator.K3, x, x.Constant(Reference)));
}
