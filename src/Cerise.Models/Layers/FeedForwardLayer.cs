using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>The feed-forward layer, as <see cref="FeedForwardDesign"/> describes it.</summary>
/// <param name="Inputs">Gate and up, one layer that gives both, or without a gate the only one.</param>
/// <param name="IsGated">Whether there is a gate.</param>
/// <param name="Activation">The function.</param>
/// <param name="Output">Back to the stream.</param>
internal sealed record FeedForwardLayer(LinearLayer[] Inputs, bool IsGated, Activation Activation, LinearLayer Output)
{
    private const float QuickGeluSlope = 1.702f;

    /// <param name="x">What the layer reads: the stream or its norm, [tokens, hidden].</param>
    /// <returns>What the layer adds to the stream, [tokens, hidden].</returns>
    public Tensor Forward(Tensor x)
    {
        if (!IsGated)
            return Output.Forward(Activate(Inputs[0].Forward(x)));
        (Tensor gate, Tensor up) = Inputs is [LinearLayer first, LinearLayer second]
            ? LinearLayer.Forward(x, first, second)
            : Inputs[0].Forward(x).Split(Output.Weight.Shape.Columns);                      // [tokens, inner] each
        return Output.Forward(Activation switch
        {
            Activation.Silu => gate.SwiGlu(up),
            Activation.Gelu => gate.GeGlu(up, GeluForm.Exact),
            Activation.GeluTanh => gate.GeGlu(up, GeluForm.Tanh),
            _ => Activate(gate) * up,
        });
    }

    private Tensor Activate(Tensor x) => Activation switch
    {
        Activation.Silu => x * x.Sigmoid(),
        Activation.Gelu => x.Gelu(GeluForm.Exact),
        Activation.GeluTanh => x.Gelu(GeluForm.Tanh),
        Activation.QuickGelu => x * (QuickGeluSlope * x).Sigmoid(),
        Activation.Relu => Positive(x),
        Activation.ReluSquared => Square(Positive(x)),
        _ => throw new NotSupportedException($"activation '{Activation}'"),
    };

    private static Tensor Positive(Tensor x) => x.Clamp(0, float.MaxValue);

    private static Tensor Square(Tensor x) => x * x;
}
