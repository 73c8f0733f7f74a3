namespace Cerise.Tensors;

/// <summary>Functions of one number.</summary>
public enum UnaryOp
{
    /// <summary>p * x + q.</summary>
    Affine,

    /// <summary>e^x.</summary>
    Exp,

    /// <summary>x limited to [p, q]; the gradient is 0 outside and 1 inside, borders included.</summary>
    Clamp,

    /// <summary>x * x.</summary>
    Square,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>x Phi(x): <see cref="GeluForm.Exact"/>.</summary>
    Gelu,

    /// <summary>The approximation by a tanh: <see cref="GeluForm.Tanh"/>.</summary>
    GeluTanh,
}

/// <summary>Functions of two numbers.</summary>
public enum BinaryOp
{
    /// <summary>a + b.</summary>
    Add,

    /// <summary>a - b.</summary>
    Subtract,

    /// <summary>a * b.</summary>
    Multiply,

    /// <summary>The smaller; at a tie the gradient goes to a.</summary>
    Min,

    /// <summary>The larger; at a tie the gradient goes to a.</summary>
    Max,
}
