using Cerise.Tensors.Autograd;

namespace Cerise.Tensors;

/// <summary>A float32 array on a device, made by an op of a <see cref="Autograd.Graph"/> and valid until that graph is reset.</summary>
/// <remarks>A graph uses its tensors again after a reset: copy out what is needed longer, and keep no tensor beyond it.</remarks>
public sealed partial class Tensor
{
    private Storage? _storage;

    internal Tensor(Graph graph) => Graph = graph;

    /// <summary>The graph that owns the memory and records what made it.</summary>
    public Graph Graph { get; }

    /// <summary>Extents.</summary>
    public Shape Shape { get; private set; }

    /// <summary>The memory this tensor lies in, from <see cref="Offset"/> on.</summary>
    /// <exception cref="InvalidOperationException">The graph has taken the memory back.</exception>
    public Storage Storage => _storage ?? throw Stale();

    /// <summary>First element in <see cref="Storage"/>.</summary>
    public long Offset { get; private set; }

    /// <summary>Whether gradients flow to this tensor.</summary>
    public bool RequiresGrad { get; internal set; }

    /// <summary>The gradient of the loss by this tensor while a backward pass runs, or after one for a tensor made by <see cref="Graph.Leaf"/>.</summary>
    public Tensor? Gradient { get; internal set; }

    internal bool IsLeaf { get; set; }

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
    internal void Place(Shape shape, Storage storage, long offset)
    {
        Shape = shape;
        _storage = storage;
        Offset = offset;
        RequiresGrad = false;
        IsLeaf = false;
        Gradient = null;
    }

    /// <summary>Ends the tensor's life.</summary>
    internal void Forget()
    {
        _storage = null;
        Gradient = null;
    }

    private InvalidOperationException Stale() =>
        new($"a tensor {Shape} was used after its graph had taken the memory back: read what is needed before Reset, and keep no tensor beyond it");
}
