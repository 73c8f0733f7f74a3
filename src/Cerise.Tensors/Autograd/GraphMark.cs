namespace Cerise.Tensors.Autograd;

/// <summary>A moment in the life of a graph's memory; see <see cref="Graph.Mark"/>.</summary>
public readonly record struct GraphMark
{
    internal GraphMark((int Block, long Used) place, int tensors) => (Place, Tensors) = (place, tensors);

    internal (int Block, long Used) Place { get; }

    internal int Tensors { get; }
}
