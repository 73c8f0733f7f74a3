using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Training.Losses;

/// <summary>Policy-gradient losses per token or per completion, before any mean. Each returns the loss, to be minimized.</summary>
public static class PolicyLoss
{
    private const float MaxLogRatio = 20;

    /// <summary>-min(rho A, clip(rho, 1 - epsilon, 1 + epsilonHigh) A), with rho = policy / old policy (PPO, arXiv:1707.06347, eq. 7).</summary>
    /// <param name="logProbs">Log-probabilities under the policy, [tokens].</param>
    /// <param name="oldLogProbs">As recorded while sampling, [tokens]; a constant.</param>
    /// <param name="advantages">[tokens]; a constant.</param>
    /// <param name="epsilon">Lower clip range, above 0.</param>
    /// <param name="epsilonHigh">Upper clip range; larger than epsilon is DAPO's clip-higher.</param>
    /// <param name="delta">Bound of rho where A is negative (dual clip, arXiv:1912.09729; INTELLECT-2); null for none, else above 1 + epsilonHigh.</param>
    /// <returns>[tokens].</returns>
    public static Tensor Clipped(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, float epsilon, float epsilonHigh, float? delta = null)
    {
        Tensor ratio = Ratio(logProbs, oldLogProbs);
        Tensor clipped = ratio.Clamp(1 - epsilon, 1 + epsilonHigh);
        Tensor bounded = delta is { } most ? ratio.Clamp(0, most) : ratio;
        return -Tensor.Min(bounded * advantages, clipped * advantages);
    }

    /// <summary>-min(s A, clip(s, 1 - epsilon, 1 + epsilonHigh) A) for each completion, s = exp(mean over its tokens of log rho) (GSPO, arXiv:2507.18071, eq. 5 to 7).</summary>
    /// <param name="logProbs">[tokens].</param>
    /// <param name="oldLogProbs">[tokens].</param>
    /// <param name="advantages">One a completion, [completions].</param>
    /// <param name="offsets">Where each completion's tokens begin.</param>
    /// <param name="epsilon">Lower clip range. The paper's 3e-4 is for long answers; short ones need 0.1 to 0.2.</param>
    /// <param name="epsilonHigh">Upper clip range.</param>
    /// <returns>[completions].</returns>
    public static Tensor Sequence(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Indices offsets, float epsilon, float epsilonHigh)
    {
        ArgumentNullException.ThrowIfNull(logProbs);
        ArgumentNullException.ThrowIfNull(offsets);
        float[] inverseLengths = new float[offsets.Count - 1];
        for (int i = 0; i < inverseLengths.Length; i++)
            inverseLengths[i] = 1f / Math.Max(1, offsets.Values[i + 1] - offsets.Values[i]);
        Tensor meanLogRatio = (logProbs - oldLogProbs).SegmentSum(offsets) * logProbs.Graph.From(inverseLengths);
        Tensor ratio = meanLogRatio.Clamp(-MaxLogRatio, MaxLogRatio).Exp();
        return -Tensor.Min(ratio * advantages, ratio.Clamp(1 - epsilon, 1 + epsilonHigh) * advantages);
    }

    /// <summary>-sg(min(rho, weightCap)) A log policy (CISPO, arXiv:2506.13585, eq. 4 and 5, without the lower bound, as in practice).</summary>
    /// <param name="logProbs">[tokens].</param>
    /// <param name="oldLogProbs">[tokens].</param>
    /// <param name="advantages">[tokens].</param>
    /// <param name="weightCap">The largest weight: the cap itself, not cap - 1.</param>
    /// <returns>[tokens].</returns>
    public static Tensor CappedWeights(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, float weightCap)
    {
        Tensor weight = Ratio(logProbs, oldLogProbs).Clamp(0, weightCap).Detach();
        return -(weight * advantages * logProbs);
    }

    /// <summary>rho = exp(log policy - log old policy), the exponent limited to 20.</summary>
    public static Tensor Ratio(Tensor logProbs, Tensor oldLogProbs)
    {
        ArgumentNullException.ThrowIfNull(logProbs);
        ArgumentNullException.ThrowIfNull(oldLogProbs);
        return (logProbs - oldLogProbs).Clamp(-MaxLogRatio, MaxLogRatio).Exp();
    }
}
