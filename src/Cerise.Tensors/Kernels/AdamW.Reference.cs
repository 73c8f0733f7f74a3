using System.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>What belongs to AdamW on every vector level.</summary>
internal static class AdamW
{
    /// <summary>The update in plain loops, in the words of the paper and with the bias corrections where PyTorch has them.</summary>
    internal static class Reference
    {
        /// <summary>theta -= lr wd theta; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; theta -= lr (m / c1) / (sqrt(v / c2) + eps).</summary>
        public static void Step<T>(AdamWStep step, ReadOnlySpan<T> gradient, Span<T> theta, Span<T> m, Span<T> v)
            where T : IFloatingPointIeee754<T>
        {
            T beta1 = T.CreateChecked(step.Beta1);
            T beta2 = T.CreateChecked(step.Beta2);
            T rate = T.CreateChecked(step.LearningRate);
            T correction1 = T.One - T.Pow(beta1, T.CreateChecked(step.Step));
            T correction2 = T.One - T.Pow(beta2, T.CreateChecked(step.Step));
            for (int i = 0; i < theta.Length; i++)
            {
                T g = gradient[i] * T.CreateChecked(step.GradScale);
                theta[i] -= rate * T.CreateChecked(step.WeightDecay) * theta[i];
                m[i] = (beta1 * m[i]) + ((T.One - beta1) * g);
                v[i] = (beta2 * v[i]) + ((T.One - beta2) * g * g);
                theta[i] -= rate * (m[i] / correction1) / (T.Sqrt(v[i] / correction2) + T.CreateChecked(step.Epsilon));
            }
        }
    }
}
