using Cerise.Tensors.Ops;

namespace Cerise.Tensors;

public sealed partial class Tensor
{
    /// <summary>a + b, number by number.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => ElementwiseNodes.Binary(BinaryOp.Add, a, b);

    /// <summary>a - b, number by number.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => ElementwiseNodes.Binary(BinaryOp.Subtract, a, b);

    /// <summary>a * b, number by number.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => ElementwiseNodes.Binary(BinaryOp.Multiply, a, b);

    /// <summary>-x.</summary>
    public static Tensor operator -(Tensor x) => ElementwiseNodes.Unary(UnaryOp.Affine, x, -1);

    /// <summary>factor * x.</summary>
    public static Tensor operator *(float factor, Tensor x) => ElementwiseNodes.Unary(UnaryOp.Affine, x, factor);

    /// <summary>x + amount.</summary>
    public static Tensor operator +(Tensor x, float amount) => ElementwiseNodes.Unary(UnaryOp.Affine, x, 1, amount);

    /// <summary>x - amount.</summary>
    public static Tensor operator -(Tensor x, float amount) => ElementwiseNodes.Unary(UnaryOp.Affine, x, 1, -amount);

    /// <summary>The smaller of each pair; at a tie the gradient goes to a.</summary>
    public static Tensor Min(Tensor a, Tensor b) => ElementwiseNodes.Binary(BinaryOp.Min, a, b);

    /// <summary>The larger of each pair; at a tie the gradient goes to a.</summary>
    public static Tensor Max(Tensor a, Tensor b) => ElementwiseNodes.Binary(BinaryOp.Max, a, b);

    /// <summary>e^x.</summary>
    public Tensor Exp() => ElementwiseNodes.Unary(UnaryOp.Exp, this);

    /// <summary>x * x.</summary>
    public Tensor Square() => ElementwiseNodes.Unary(UnaryOp.Square, this);

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => ElementwiseNodes.Unary(UnaryOp.Sigmoid, this);

    /// <summary>GELU of each number.</summary>
    public Tensor Gelu(GeluForm form) => ElementwiseNodes.Unary(form == GeluForm.Exact ? UnaryOp.Gelu : UnaryOp.GeluTanh, this);

    /// <summary>x limited to [low, high]; no gradient flows where it is limited.</summary>
    public Tensor Clamp(float low, float high) => ElementwiseNodes.Unary(UnaryOp.Clamp, this, low, high);

    /// <summary>The same numbers as a constant: no gradient flows through it.</summary>
    public Tensor Detach() => Graph.Constant(this);
}
