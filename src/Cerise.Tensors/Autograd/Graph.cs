namespace Cerise.Tensors.Autograd;

/// <summary>One forward pass: the memory of its tensors and, when recording, the tape that sends gradients back.</summary>
/// <remarks>
/// Use one graph per thread; <see cref="Reset"/> after each step keeps memory and objects for the next, so that a step like the one before allocates nothing.
/// </remarks>
public sealed partial class Graph : IDisposable
{
    private readonly Arena _arena;
    private readonly TensorPool _tensors;
    private readonly NodePool _nodes = new();
    private readonly List<Node> _tape = [];

    /// <param name="device">Where tensors live and ops run.</param>
    /// <param name="record">Whether ops are recorded for a backward pass; false for sampling and scoring.</param>
    /// <param name="activations">How the layers' activations are held for the backward pass; by default all, as they are.</param>
    public Graph(Device device, bool record, ActivationMemory activations = ActivationMemory.Float32)
    {
        Device = device;
        Recording = record;
        Activations = activations;
        _arena = new Arena(device);
        _tensors = new TensorPool(this);
    }

    /// <summary>Where tensors live and ops run.</summary>
    public Device Device { get; }

    /// <summary>Whether ops are recorded for a backward pass.</summary>
    public bool Recording { get; private set; }

    /// <summary>How the layers' activations are held for the backward pass.</summary>
    public ActivationMemory Activations { get; }

    /// <summary>Bytes held for tensors of this graph.</summary>
    public long Bytes => _arena.Bytes;

    /// <summary>Bytes of the costliest step so far.</summary>
    public long PeakBytes => _arena.PeakBytes;

    /// <summary>A tensor with undefined contents, for an op to write.</summary>
    public Tensor New(Shape shape)
    {
        (Storage block, long offset) = _arena.Rent(shape.Length);
        Tensor tensor = _tensors.Rent();
        tensor.Begin(shape, block, offset, ownsMemory: true);
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

    /// <summary>Forgets every tensor of this graph and keeps the memory for the next step.</summary>
    public void Reset()
    {
        _tape.Clear();
        _layers.Clear();
        _nodes.Reset();
        _tensors.Reset();
        _arena.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _arena.Dispose();

    /// <summary>The same memory as a constant.</summary>
    internal Tensor Constant(Tensor tensor)
    {
        Tensor constant = _tensors.Rent();
        constant.Begin(tensor.Shape, tensor.Storage, tensor.Offset, ownsMemory: false);
        return constant;
    }

    /// <summary>Records an op whose inputs want gradients.</summary>
    /// <param name="op">The way back.</param>
    /// <param name="outputs">What the op made.</param>
    /// <param name="keeps">The tensors whose numbers the way back reads, outputs among them.</param>
    /// <param name="statistics">More of them that stay float32 whatever <see cref="Activations"/> says: they are small, and each stands for a whole row.</param>
    internal void Record<TBackprop>(in TBackprop op, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> keeps, ReadOnlySpan<Tensor> statistics = default)
        where TBackprop : struct, IBackprop
    {
        foreach (Tensor output in outputs)
            output.RequiresGrad = true;
        foreach (Tensor kept in keeps)
            kept.IsKept = true;
        foreach (Tensor kept in statistics)
            (kept.IsKept, kept.IsStatistic) = (true, true);
        Node<TBackprop> node = _nodes.Rent<TBackprop>();
        node.Set(op, outputs, keeps);
        _tape.Add(node);
    }
}
