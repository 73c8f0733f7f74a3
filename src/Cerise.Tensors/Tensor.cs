using Cerise.Tensors.Autograd;

namespace Cerise.Tensors;

/// <summary>A float32 array on a device, made by an op of a <see cref="Autograd.Graph"/> and valid until that graph is reset.</summary>
/// <remarks>A graph uses its tensors again after a reset: copy out what is needed longer, and keep no tensor beyond it. Tensors inside a layer end with it.</remarks>
public sealed partial class Tensor
{
    internal Tensor(Graph graph) => Graph = graph;

    /// <summary>The graph that owns the memory and records what made it.</summary>
    public Graph Graph { get; }

    /// <summary>Extents.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The memory this tensor lies in, from <see cref="Offset"/> on.</summary>
    /// <exception cref="InvalidOperationException">The graph has taken the memory back.</exception>
    public Storage Storage => (Memory ?? throw Stale()).Block;

    /// <summary>First element in <see cref="Storage"/>.</summary>
    public long Offset => (Memory ?? throw Stale()).Offset;

    /// <summary>Whether gradients flow to this tensor.</summary>
    public bool RequiresGrad { get; internal set; }

    /// <summary>The gradient of the loss by this tensor while a backward pass runs, or after one for a tensor made by <see cref="Graph.Leaf"/>.</summary>
    public Tensor? Gradient { get; internal set; }

    /// <summary>Where the numbers lie; null once they have been given up.</summary>
    internal TensorMemory? Memory { get; set; }

    /// <summary>Whether the memory is this tensor's alone, to be given back with it.</summary>
    internal bool OwnsMemory { get; private set; }

    internal bool IsLeaf { get; set; }

    /// <summary>Whether a backward pass reads the numbers.</summary>
    internal bool IsKept { get; set; }

    /// <summary>Whether they stay float32 until then.</summary>
    internal bool IsStatistic { get; set; }

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

    /// <summary>Gives the object a new life as another tensor.</summary>
    internal void Begin(Shape shape, Storage storage, long offset, bool ownsMemory)
    {
        Shape = shape;
        Memory = new TensorMemory(storage, offset, IsPacked: false);
        OwnsMemory = ownsMemory;
        (RequiresGrad, IsLeaf, IsKept, IsStatistic) = (false, false, false, false);
    }

    /// <summary>Ends the tensor's life.</summary>
    internal void End() => (Memory, Gradient) = (null, null);

    private InvalidOperationException Stale() =>
        new($"a tensor {Shape} was used after its graph had taken the memory back: read what is needed before Reset, or before the end of its layer");
}
