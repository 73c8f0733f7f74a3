using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>One pass of a batch through a layer: x + attention(norm(x)), then that + feed-forward(its norm).</summary>
/// <param name="layer">The weights.</param>
/// <param name="nextNorm">The norm before the next layer, or before the head: it is computed together with the last addition.</param>
/// <param name="eps">Added under the root in every norm.</param>
/// <param name="rotary">Cosines and sines.</param>
/// <param name="plan">Which rows belong to which sequence.</param>
/// <param name="cache">Earlier keys and values of the sequences; null to attend within whole sequences.</param>
internal readonly struct DecoderPass(DecoderLayer layer, Parameter nextNorm, float eps, RotaryTable rotary, AttentionPlan plan, KeyValueBlocks? cache) : ILayer
{
    public (Tensor Stream, Tensor Normed) Forward(Tensor stream, Tensor normed)
    {
        Tensor attended = layer.Attention.Forward(normed, rotary, plan, cache);
        (stream, normed) = stream.AddRmsNorm(attended, layer.PostAttentionNorm, eps);
        return stream.AddRmsNorm(layer.FeedForward.Forward(normed), nextNorm, eps);
    }

    public Tensor Norm(Tensor stream) => stream.RmsNorm(layer.InputNorm, eps);
}
