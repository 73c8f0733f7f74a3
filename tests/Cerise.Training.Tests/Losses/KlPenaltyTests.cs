using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;
using Cerise.Training.Losses;

namespace Cerise.Training.Tests.Losses;

public class KlPenaltyTests
{
    private static readonly float[] PolicyLogits = [1, 0, -1];
    private static readonly float[] ReferenceLogits = [0.5f, 0.5f, 0];

    [Theory]
    [InlineData(-1.0f, -1.5f, 0.5, 0.125, 0.10653066)]                      // V30
    [InlineData(-1.5f, -1.0f, -0.5, 0.125, 0.14872127)]                     // V31
    [InlineData(-0.7f, -0.7f, 0, 0, 0)]                                     // V32
    public void V30_to_V32_estimators_at_a_token(float logProb, float reference, double k1, double k2, double k3)
    {
        Engine.Near([k1], Of(KlEstimator.K1, logProb, reference).Values);
        Engine.Near([k2], Of(KlEstimator.K2, logProb, reference).Values);
        Engine.Near([k3], Of(KlEstimator.K3, logProb, reference).Values);
    }

    [Fact]
    public void V32_equal_policies_have_no_k3_gradient_at_all() => Assert.Equal([0f], Of(KlEstimator.K3, -0.7f, -0.7f).Gradient);

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void Gradient_by_the_log_probability_is_1_or_d_or_1_minus_e_to_the_minus_d(KlEstimator estimator)
    {
        foreach (float d in (float[])[-2, -0.3f, 0.01f, 0.4f, 3])
        {
            double expected = estimator switch { KlEstimator.K1 => 1, KlEstimator.K2 => d, _ => 1 - Math.Exp(-d) };
            Engine.Near([expected], Of(estimator, -1 + d, -1).Gradient, 1e-5);
        }
    }

    [Theory]
    [InlineData(KlEstimator.K1, 0.17063979)]
    [InlineData(KlEstimator.K2, 0.16609333)]
    [InlineData(KlEstimator.K3, 0.17063979)]
    public void V33_expectation_under_the_policy(KlEstimator estimator, double expected) => Engine.Near(expected, Expected(estimator).Value, 1e-5);

    [Theory]
    [InlineData(KlEstimator.K1, 0, 0, 0)]                                                   // V34
    [InlineData(KlEstimator.K2, 0.25264144, -0.15178688, -0.10085456)]                      // V35: the gradient of KL(policy || reference)
    [InlineData(KlEstimator.K3, 0.28158922, -0.13892326, -0.14266596)]                      // V36: the gradient of KL(reference || policy)
    public void V34_to_V36_expected_gradient_by_the_logits(KlEstimator estimator, double z0, double z1, double z2) =>
        Engine.Near([z0, z1, z2], Expected(estimator).Gradient, 1e-5);

    [Fact]
    public void V37_off_policy_the_ratio_corrects_the_estimate()
    {
        (float[] values, float[] gradient) = Engine.Evaluate(
            [-1.0f], x => PolicyLoss.Ratio(x, x.Constant(-1.2f)) * KlPenalty.Of(KlEstimator.K3, x, x.Constant(-1.5f)));
        Engine.Near([0.13011684], values);
        Engine.Near([Math.Exp(0.2) * (0.10653066 + 1 - Math.Exp(-0.5))], gradient);
    }

    [Fact]
    public void V53_divergence_to_the_old_policy_over_a_batch()
    {
        double[] expected = [-0.26666667, 0.07666667, 0.09227168];
        foreach (KlEstimator estimator in Enum.GetValues<KlEstimator>())
        {
            // Old policy in the place of the policy: d is then log old - log new, over the three tokens that count.
            (float[] values, _) = Engine.Evaluate([-1.2f, -1.5f, -1], x => KlPenalty.Of(estimator, x, x.Constant(-0.9f, -1.6f, -0.4f)));
            Engine.Near(expected[(int)estimator], values.Average());
        }
    }

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void Metrics_have_the_numbers_of_the_loss(KlEstimator estimator)
    {
        foreach (float d in (float[])[-30, -5, -1, 0, 1, 5, 30])
            Engine.Near(KlPenalty.Of(estimator, -31 + d, -31), Of(estimator, -31 + d, -31).Values[0], 1e-6);
    }

    [Theory]
    [InlineData(KlEstimator.K1)]
    [InlineData(KlEstimator.K2)]
    [InlineData(KlEstimator.K3)]
    public void Far_apart_policies_give_finite_numbers(KlEstimator estimator)
    {
        foreach (float d in (float[])[-500, 500])
        {
            (float[] values, float[] gradient) = Of(estimator, -600 + d, -600);
            Assert.True(float.IsFinite(values[0]) && float.IsFinite(gradient[0]));
        }
        Assert.Equal(10, Of(KlEstimator.K3, -31 - 5, -31).Values[0]);                       // e^5 - 6 = 142, limited
    }

    private static (float[] Values, float[] Gradient) Of(KlEstimator estimator, float logProb, float reference) =>
        Engine.Evaluate([logProb], x => KlPenalty.Of(estimator, x, x.Constant(reference)));

    // Every token of the vocabulary once, weighted by its probability: the logits are the hidden states of a head whose table is the identity.
    private static (double Value, float[] Gradient) Expected(KlEstimator estimator)
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        using Parameter identity = new(device, "identity", new Shape(3, 3), ParameterLayout.Panels);
        identity.SetRows(0, [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        Indices everyToken = new([0, 1, 2]);
        Tensor logits = graph.Leaf([.. PolicyLogits, .. PolicyLogits, .. PolicyLogits], new Shape(3, 3));
        Tensor logProbs = logits.LmHead(identity, everyToken).LogProbs;
        Tensor reference = graph.From([.. ReferenceLogits, .. ReferenceLogits, .. ReferenceLogits], new Shape(3, 3)).LmHead(identity, everyToken).LogProbs;
        float[] probabilities = [.. logProbs.ToArray().Select(MathF.Exp)];
        Tensor expectation = KlPenalty.Of(estimator, logProbs, reference).Dot(probabilities);
        float value = expectation.Item();
        graph.Backward(expectation);
        float[] byRow = logits.Gradient!.ToArray();
        return (value, [.. Enumerable.Range(0, 3).Select(i => byRow[i] + byRow[3 + i] + byRow[6 + i])]);
    }
}
