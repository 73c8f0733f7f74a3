using Cerise.Tensors;

namespace Cerise.Training.Losses;

/// <summary>Estimators of the Kullback-Leibler divergence to the reference policy from sampled tokens (Schulman 2020, "Approximating KL divergence").</summary>
public enum KlEstimator
{
    /// <summary>d: unbiased, but as a loss its expected gradient is zero.</summary>
    K1,

    /// <summary>d^2 / 2: as a loss, exactly the gradient of KL(policy || reference) when on-policy.</summary>
    K2,

    /// <summary>e^-d - 1 + d: unbiased and never negative; GRPO's choice. As a loss, the gradient of KL(reference || policy).</summary>
    K3,
}

/// <summary>Penalties per token, with d = log policy - log reference.</summary>
public static class KlPenalty
{
    private const float MaxLogRatio = 20;
    private const float MaxPenalty = 10;

    /// <summary>The estimator as a differentiable penalty.</summary>
    /// <param name="estimator">Which.</param>
    /// <param name="logProbs">Log-probabilities under the policy, [tokens].</param>
    /// <param name="referenceLogProbs">Under the reference, [tokens]; a constant.</param>
    /// <returns>[tokens], in nats; d limited to 20 either way, and k3 to 10.</returns>
    public static Tensor Of(KlEstimator estimator, Tensor logProbs, Tensor referenceLogProbs)
    {
        ArgumentNullException.ThrowIfNull(logProbs);
        ArgumentNullException.ThrowIfNull(referenceLogProbs);
        Tensor d = (logProbs - referenceLogProbs).Clamp(-MaxLogRatio, MaxLogRatio);
        return estimator switch
        {
            KlEstimator.K1 => d,
            KlEstimator.K2 => 0.5f * d.Square(),
            _ => ((-d).Exp() + d - 1).Clamp(-MaxPenalty, MaxPenalty),
        };
    }

    /// <summary>The same numbers for metrics, in float64.</summary>
    public static double Of(KlEstimator estimator, double logProb, double referenceLogProb)
    {
        double d = Math.Clamp(logProb - referenceLogProb, -MaxLogRatio, MaxLogRatio);
        return estimator switch
        {
            KlEstimator.K1 => d,
            KlEstimator.K2 => 0.5 * d * d,
            _ => Math.Min(Math.Exp(-d) - 1 + d, MaxPenalty),
        };
    }
}
