namespace Cerise.Tensors.Autograd;

/// <summary>A layer of a deep model with a residual stream, as a struct; see <see cref="Graph.Apply"/>.</summary>
public interface ILayer
{
    /// <summary>The stream after the layer, and its norm as the next layer reads it.</summary>
    /// <param name="stream">The stream before the layer.</param>
    /// <param name="normed">Its norm.</param>
    public (Tensor Stream, Tensor Normed) Forward(Tensor stream, Tensor normed);

    /// <summary>The norm of the stream before the layer, computed again.</summary>
    public Tensor Norm(Tensor stream);
}
