using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class Elementwise
{
    /// <summary>The functions and their slopes, one number at a time.</summary>
    internal static class Reference
    {
        public static T Unary<T>(UnaryOp op, T p, T q, T x)
            where T : IFloatingPointIeee754<T> => op switch
            {
                UnaryOp.Affine => (p * x) + q,
                UnaryOp.Exp => T.Exp(x),
                UnaryOp.Clamp => T.Min(q, T.Max(p, x)),
                UnaryOp.Square => x * x,
                UnaryOp.Sigmoid => T.One / (T.One + T.Exp(-x)),
                UnaryOp.Gelu => GeluReference.Value(GeluForm.Exact, x),
                UnaryOp.GeluTanh => GeluReference.Value(GeluForm.Tanh, x),
                _ => throw new ArgumentOutOfRangeException(nameof(op)),
            };

        public static T UnarySlope<T>(UnaryOp op, T p, T q, T x)
            where T : IFloatingPointIeee754<T> => op switch
            {
                UnaryOp.Affine => p,
                UnaryOp.Exp => T.Exp(x),
                UnaryOp.Clamp => x < p || x > q ? T.Zero : T.One,
                UnaryOp.Square => x + x,
                UnaryOp.Sigmoid => Unary(op, p, q, x) * (T.One - Unary(op, p, q, x)),
                UnaryOp.Gelu => GeluReference.Slope(GeluForm.Exact, x),
                UnaryOp.GeluTanh => GeluReference.Slope(GeluForm.Tanh, x),
                _ => throw new ArgumentOutOfRangeException(nameof(op)),
            };

        public static T Binary<T>(BinaryOp op, T a, T b)
            where T : IFloatingPointIeee754<T> => op switch
            {
                BinaryOp.Add => a + b,
                BinaryOp.Subtract => a - b,
                BinaryOp.Multiply => a * b,
                BinaryOp.Min => T.Min(a, b),
                BinaryOp.Max => T.Max(a, b),
                _ => throw new ArgumentOutOfRangeException(nameof(op)),
            };

        /// <summary>Slopes by a and by b; at a tie of Min and Max all of it goes to a.</summary>
        public static (T ByA, T ByB) BinarySlopes<T>(BinaryOp op, T a, T b)
            where T : IFloatingPointIeee754<T> => op switch
            {
                BinaryOp.Add => (T.One, T.One),
                BinaryOp.Subtract => (T.One, -T.One),
                BinaryOp.Multiply => (b, a),
                BinaryOp.Min => b < a ? (T.Zero, T.One) : (T.One, T.Zero),
                BinaryOp.Max => a < b ? (T.Zero, T.One) : (T.One, T.Zero),
                _ => throw new ArgumentOutOfRangeException(nameof(op)),
            };
    }
}
