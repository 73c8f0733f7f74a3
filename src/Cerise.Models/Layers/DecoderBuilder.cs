using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Layers;

/// <summary>Builds layers from their designs and the weights.</summary>
/// <param name="device">Where rotary tables lie.</param>
/// <param name="contextLength">Tokens of the longest sequence the model is used for.</param>
/// <param name="weights">All weights, by name.</param>
/// <param name="rotary">Receives the rotary tables, one for all layers that rotate alike; whoever disposes of the weights disposes of them.</param>
internal sealed class DecoderBuilder(
    Device device, int contextLength, IReadOnlyDictionary<string, Parameter> weights, Dictionary<RotaryDesign, RotaryTables> rotary)
{
    /// <summary>A block.</summary>
    public DecoderLayer Layer(LayerDesign design) => new(
        Norm(design.BeforeAttention), Attention(design.Attention), Norm(design.AfterAttention),
        Norm(design.BeforeFeedForward), FeedForward(design.FeedForward), Norm(design.AfterFeedForward));

    /// <summary>A norm; none where there is no design.</summary>
    public NormLayer? Norm(NormDesign? design) => design switch
    {
        null => null,
        RmsNormDesign rms => new RmsNormLayer(weights[rms.Weight.Name], (float)rms.Eps, (float)rms.Offset, rms.IsPerHead),
        LayerNormDesign layer => new LayerNormLayer(weights[layer.Weight.Name], weights[layer.Bias.Name], (float)layer.Eps),
        _ => throw new NotSupportedException($"norm '{design}'"),
    };

    private AttentionLayer Attention(AttentionDesign design) => new(
        [.. design.QueryKeyValue.Select(Linear)], Norm(design.QueryNorm), Norm(design.KeyNorm), Rotary(design.Rotary), design.Settings, Linear(design.Output));

    private FeedForwardLayer FeedForward(FeedForwardDesign design) =>
        new([.. design.Inputs.Select(Linear)], design.IsGated, design.Activation, Linear(design.Output));

    private LinearLayer Linear(LinearDesign design) => new(weights[design.Weight.Name], design.Bias is null ? null : weights[design.Bias.Name]);

    private RotaryTables? Rotary(RotaryDesign? design)
    {
        if (design is null)
            return null;
        if (!rotary.TryGetValue(design, out RotaryTables? tables))
            rotary.Add(design, tables = new RotaryTables(device, design, contextLength));
        return tables;
    }
}
