namespace Cerise.Tensors.Autograd;

/// <summary>An op that was applied: what it needs to send gradients from its outputs back to its inputs.</summary>
public abstract class Node
{
    /// <summary>What the op made.</summary>
    public abstract ReadOnlySpan<Tensor> Outputs { get; }

    /// <summary>Reads the outputs' gradients and writes, or adds to, the inputs'. Not called when no output has one.</summary>
    public abstract void Backward(Graph graph);
}

/// <summary>An op with one output.</summary>
/// <param name="output">What the op made.</param>
public abstract class SingleOutputNode(Tensor output) : Node
{
    private Tensor _output = output;

    /// <summary>What the op made.</summary>
    protected Tensor Output => _output;

    /// <summary>The gradient of the loss by the output.</summary>
    protected Tensor GradOutput => _output.Gradient!;

    /// <inheritdoc/>
    public sealed override ReadOnlySpan<Tensor> Outputs => new(in _output);
}
