using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>The gated feed-forward layer: down(silu(gate(x)) * up(x)) (Shazeer 2020, arXiv:2002.05202).</summary>
internal sealed record FeedForwardLayer(LinearLayer Gate, LinearLayer Up, LinearLayer Down)
{
    /// <param name="x">Normalized stream, [tokens, hidden].</param>
    /// <returns>What the layer adds to the stream, [tokens, hidden].</returns>
    public Tensor Forward(Tensor x)
    {
        (Tensor gate, Tensor up) = LinearLayer.Forward(x, Gate, Up);                        // [tokens, intermediate]
        return Down.Forward(gate.SwiGlu(up));
    }
}
