using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class GeGlu
{
    /// <summary>The gated unit in plain loops.</summary>
    internal static class Reference
    {
        /// <summary>y = gelu(gate) * up.</summary>
        public static void Forward<T>(GeluForm form, ReadOnlySpan<T> gate, ReadOnlySpan<T> up, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < gate.Length; i++)
                y[i] = GeluReference.Value(form, gate[i]) * up[i];
        }

        /// <summary>Both gradients are written.</summary>
        public static void Backward<T>(GeluForm form, ReadOnlySpan<T> gate, ReadOnlySpan<T> up, ReadOnlySpan<T> gradOutput, Span<T> gradGate, Span<T> gradUp)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < gate.Length; i++)
            {
                gradGate[i] = gradOutput[i] * up[i] * GeluReference.Slope(form, gate[i]);
                gradUp[i] = gradOutput[i] * GeluReference.Value(form, gate[i]);
            }
        }
    }
}
