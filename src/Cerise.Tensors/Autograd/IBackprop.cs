namespace Cerise.Tensors.Autograd;

/// <summary>The way back through one op. A struct, so that recording an op allocates nothing once its kind has been recorded before.</summary>
internal interface IBackprop
{
    /// <summary>Reads the outputs' gradients and writes, or adds to, the inputs'. Not called when no output has one.</summary>
    public void Backward(Graph graph);
}
