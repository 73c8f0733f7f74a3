namespace Cerise.Tensors.Autograd;

/// <summary>One forward pass: the memory of its tensors and, when recording, the tape that sends gradients back.</summary>
/// <remarks>Use one graph per thread; <see cref="Reset"/> after each step keeps the memory for the next.</remarks>
public sealed class Graph : IDisposable
{
    private readonly Arena _arena;
    private readonly TensorPool _tensors;
    private readonly NodePool _nodes = new();
    private readonly List<Node> _tape = [];

    /// <param name="device">Where tensors live and ops run.</param>
    /// <param name="record">Whether ops are recorded for a backward pass; false for sampling and scoring.</param>
    public Graph(Device device, bool record)
    {
        Device = device;
        Recording = record;
        _arena = new Arena(device);
        _tensors = new TensorPool(this);
    }

    /// <summary>Where tensors live and ops run.</summary>
    public Device Device { get; }

    /// <summary>Whether ops are recorded for a backward pass.</summary>
    public bool Recording { get; }

    /// <summary>Bytes held for tensors of this graph.</summary>
    public long Bytes => _arena.Bytes;

    /// <summary>A tensor with undefined contents, for an op to write.</summary>
    public Tensor New(Shape shape)
    {
        (Storage block, long offset) = _arena.Rent(shape.Length);
        Tensor tensor = _tensors.Rent();
        tensor.Place(shape, block, offset);
        return tensor;
    }

    /// <summary>A tensor with the given contents.</summary>
    public Tensor From(ReadOnlySpan<float> values, Shape shape)
    {
        ShapeException.Require(values.Length == shape.Length, "From", $"{values.Length} numbers do not fill {shape}");
        Tensor tensor = New(shape);
        Device.CopyFromHost(values, tensor);
        return tensor;
    }

    /// <summary>A vector with the given contents.</summary>
    public Tensor From(ReadOnlySpan<float> values) => From(values, new Shape(values.Length));

    /// <summary>A tensor whose gradient is wanted and can be read after <see cref="Backward"/>.</summary>
    public Tensor Leaf(ReadOnlySpan<float> values, Shape shape)
    {
        ShapeException.Require(values.Length == shape.Length, "Leaf", $"{values.Length} numbers do not fill {shape}");
        Tensor leaf = New(shape);
        (leaf.RequiresGrad, leaf.IsLeaf) = (Recording, true);
        Device.CopyFromHost(values, leaf);
        return leaf;
    }

    /// <summary>The same memory as a constant.</summary>
    internal Tensor Constant(Tensor tensor)
    {
        Tensor constant = _tensors.Rent();
        constant.Place(tensor.Shape, tensor.Storage, tensor.Offset);
        return constant;
    }

    /// <summary>Records an op whose inputs want gradients.</summary>
    /// <param name="op">The way back.</param>
    /// <param name="outputs">What the op made.</param>
    /// <param name="keeps">The tensors whose numbers the way back reads, outputs among them.</param>
    internal void Record<TBackprop>(in TBackprop op, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> keeps)
        where TBackprop : struct, IBackprop
    {
        foreach (Tensor output in outputs)
            output.RequiresGrad = true;
        Node<TBackprop> node = _nodes.Rent<TBackprop>();
        node.Set(op, outputs, keeps);
        _tape.Add(node);
    }

    /// <summary>Whether an op over these inputs must be recorded.</summary>
    internal bool Wants(Tensor input) => Recording && input.RequiresGrad;

    /// <summary>The place for an input's gradient. When <paramref name="accumulate"/> is false the op writes it, else it adds to what is there.</summary>
    internal Tensor GradientOf(Tensor input, out bool accumulate)
    {
        accumulate = input.Gradient is not null;
        return input.Gradient ??= New(input.Shape);
    }

    /// <summary>Hands a finished gradient to an input: as its gradient, or added to the one it has. The graph keeps the memory.</summary>
    internal void Give(Tensor gradient, Tensor input)
    {
        if (!Wants(input))
            return;
        if (input.Gradient is null)
            input.Gradient = gradient;
        else
            Device.Binary(BinaryOp.Add, input.Gradient, gradient, input.Gradient);
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

    /// <summary>Sends the gradient of <paramref name="loss"/>, a single number, back through everything recorded, and forgets the tape.</summary>
    /// <remarks>Gradients of parameters are added to; call <see cref="Parameter.ZeroGradient"/> at the start of an optimizer step.</remarks>
    public void Backward(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ShapeException.Require(loss.Shape.Length == 1, "Backward", $"the loss is {loss.Shape}, not a single number: reduce it with Dot");
        loss.Gradient = New(loss.Shape);
        Device.CopyFromHost([1f], loss.Gradient);
        for (int i = _tape.Count - 1; i >= 0; i--)
        {
            Node node = _tape[i];
            if (!HasGradient(node.Outputs))
                continue;
            node.Backward(this);
            foreach (Tensor output in node.Outputs)
                ReleaseGradient(output);
        }
        _tape.Clear();
    }

    /// <summary>Where the memory of a graph that does not record stands, for <see cref="Release"/>.</summary>
    public GraphMark Mark() => new(_arena.Mark(), _tensors.Count);

    /// <summary>Makes free the memory of all tensors made since a mark, so that scoring and sampling hold one layer at a time.</summary>
    /// <exception cref="InvalidOperationException">The graph records: a backward pass needs its tensors.</exception>
    public void Release(GraphMark mark)
    {
        if (Recording)
            throw new InvalidOperationException("a graph that records keeps its tensors for the backward pass");
        _arena.Rewind(mark.Place);
        _tensors.TakeBack(mark.Tensors);
    }

    /// <summary>Forgets every tensor of this graph and keeps the memory for the next step.</summary>
    public void Reset()
    {
        _tape.Clear();
        _nodes.Reset();
        _tensors.Reset();
        _arena.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

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
        _arena.Return(gradient.Shape.Length, gradient.Storage, gradient.Offset);
        tensor.Gradient = null;
    }
}
