namespace Cerise.Tensors.Autograd;

/// <summary>The way back through a layer that kept only its input: the layer is computed again first.</summary>
internal readonly struct Checkpoint<TLayer>(TLayer layer, Tensor stream, Tensor normed, Tensor nextStream, Tensor nextNormed) : IBackprop
    where TLayer : struct, ILayer
{
    public void Backward(Graph graph) => graph.Recompute(layer, stream, normed, nextStream, nextNormed);
}
