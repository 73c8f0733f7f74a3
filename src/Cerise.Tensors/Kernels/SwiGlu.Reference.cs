using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class SwiGlu
{
    /// <summary>The gated unit in plain loops.</summary>
    internal static class Reference
    {
        /// <summary>y = gate * sigmoid(gate) * up.</summary>
        public static void Forward<T>(ReadOnlySpan<T> gate, ReadOnlySpan<T> up, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < gate.Length; i++)
                y[i] = gate[i] * Sigmoid(gate[i]) * up[i];
        }

        /// <summary>Both gradients are written.</summary>
        public static void Backward<T>(ReadOnlySpan<T> gate, ReadOnlySpan<T> up, ReadOnlySpan<T> gradOutput, Span<T> gradGate, Span<T> gradUp)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < gate.Length; i++)
            {
                T s = Sigmoid(gate[i]);
                gradGate[i] = gradOutput[i] * up[i] * s * (T.One + (gate[i] * (T.One - s)));
                gradUp[i] = gradOutput[i] * gate[i] * s;
            }
        }

        private static T Sigmoid<T>(T x)
            where T : IFloatingPointIeee754<T> => T.One / (T.One + T.Exp(-x));
    }
}
