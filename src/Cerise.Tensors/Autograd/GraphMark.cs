namespace Cerise.Tensors.Autograd;

/// <summary>A moment in the life of a graph's memory; see <see cref="Graph.Mark"/>.</summary>
public readonly record struct GraphMark
{
    internal GraphMark((int Block, long Used) place) => Place = place;

    internal (int Block, long Used) Place { get; }
}
