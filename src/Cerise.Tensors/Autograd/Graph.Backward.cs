namespace Cerise.Tensors.Autograd;

public sealed partial class Graph
{
    /// <summary>Sends the gradient of <paramref name="loss"/>, a single number, back through everything recorded, and forgets the tape.</summary>
    /// <remarks>
    /// Gradients of parameters are added to; call <see cref="Parameter.ZeroGradient"/> at the start of an optimizer step. Tensors inside layers are given up on the way.
    /// </remarks>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ShapeException.Require(loss.Shape.Length == 1, "Backward", $"the loss is {loss.Shape}, not a single number: reduce it with Dot");
        loss.Gradient = New(loss.Shape);
        Device.CopyFromHost([1f], loss.Gradient);
        RunTape(firstNode: 0);
    }

    /// <summary>Whether an op over these inputs must be recorded.</summary>
    internal bool Wants(Tensor input) => Recording && input.RequiresGrad;

    /// <summary>The place for an input's gradient. When <paramref name="accumulate"/> is false the op writes it, else it adds to what is there.</summary>
    internal Tensor GradientOf(Tensor input, out bool accumulate)
    {
        accumulate = input.Gradient is not null;
        return input.Gradient ??= New(input.Shape);
    }

    /// <summary>Hands a finished gradient to an input: as its gradient, or added to the one it has. The graph takes the memory.</summary>
    internal void Give(Tensor gradient, Tensor input)
    {
        if (Wants(input) && input.Gradient is null)
        {
            input.Gradient = gradient;
            return;
        }
        if (Wants(input))
            Device.Binary(BinaryOp.Add, input.Gradient!, gradient, input.Gradient!);
        Release(gradient);
    }

    /// <summary>Adds a copy of a gradient to an input's.</summary>
    internal void Add(Tensor gradient, Tensor input)
    {
        if (!Wants(input))
            return;
        Tensor target = GradientOf(input, out bool accumulate);
        if (accumulate)
            Device.Binary(BinaryOp.Add, target, gradient, target);
        else
            Device.Copy(gradient, target);
    }

    /// <summary>Hands over a tensor's own gradient, which it no longer needs.</summary>
    internal void Move(Tensor from, Tensor input)
    {
        if (from.Gradient is not { } gradient)
            return;
        from.Gradient = null;
        Give(gradient, input);
    }

    // Runs the tape backwards down to a node, and forgets it from there on.
    private void RunTape(int firstNode)
    {
        for (int i = _tape.Count - 1; i >= firstNode; i--)
        {
            Node node = _tape[i];
            if (HasGradient(node.Outputs))
            {
                foreach (Tensor kept in node.Kept)
                    Unpack(kept);
                node.Backward(this);
                foreach (Tensor output in node.Outputs)
                    ReleaseGradient(output);
            }
            LeaveLayers(i);
        }
        _tape.RemoveRange(firstNode, _tape.Count - firstNode);
    }

    private static bool HasGradient(ReadOnlySpan<Tensor> outputs)
    {
        foreach (Tensor output in outputs)
            if (output.Gradient is not null)
                return true;
        return false;
    }

    private void ReleaseGradient(Tensor tensor)
    {
        if (tensor.IsLeaf || tensor.Gradient is not { } gradient)
            return;
        Release(gradient);
        tensor.Gradient = null;
    }
}
