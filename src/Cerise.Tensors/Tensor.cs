using Cerise.Tensors.Autograd;

namespace Cerise.Tensors;

/// <summary>A float32 array on a device, made by an op of a <see cref="Autograd.Graph"/> and valid until that graph is reset.</summary>
public sealed partial class Tensor
{
    internal Tensor(Graph graph, Shape shape, Storage storage, long offset)
    {
        Graph = graph;
        Shape = shape;
        Storage = storage;
        Offset = offset;
    }

    /// <summary>The graph that owns the memory and records what made it.</summary>
    public Graph Graph { get; }

    /// <summary>Extents.</summary>
    public Shape Shape { get; }

    /// <summary>The memory this tensor lies in, from <see cref="Offset"/> on.</summary>
    public Storage Storage { get; }

    /// <summary>First element in <see cref="Storage"/>.</summary>
    public long Offset { get; }

    /// <summary>Whether gradients flow to this tensor.</summary>
    public bool RequiresGrad { get; internal set; }

    /// <summary>The gradient of the loss by this tensor while a backward pass runs, or after one for a tensor made by <see cref="Graph.Leaf"/>.</summary>
    public Tensor? Gradient { get; internal set; }

    internal bool IsLeaf { get; init; }

    /// <summary>Copies the numbers to the host.</summary>
    public void CopyTo(Span<float> target) => Storage.Device.CopyToHost(this, target);

    /// <summary>The numbers, copied to the host.</summary>
    public float[] ToArray()
    {
        float[] copy = new float[Shape.Length];
        CopyTo(copy);
        return copy;
    }

    /// <summary>The number of a one-element tensor, copied to the host.</summary>
    public float Item()
    {
        ShapeException.Require(Shape.Length == 1, "Item", $"the tensor is {Shape}, not a single number");
        Span<float> one = stackalloc float[1];
        CopyTo(one);
        return one[0];
    }
}
