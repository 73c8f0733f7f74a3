namespace Cerise.Models.Configs;

/// <summary>Makes the tensors of a part of a model: those whose names begin alike.</summary>
/// <param name="config">The model.</param>
/// <param name="prefix">How all names begin, with the point at its end.</param>
/// <param name="layer">The decoder layer, from 0; null outside the layers.</param>
internal sealed class TensorScope(ModelConfig config, string prefix, int? layer = null)
{
    /// <summary>Channels of the residual stream.</summary>
    public Size Hidden => new(config.HiddenSize, $"hidden size {config.HiddenSize}");

    /// <summary>Channels inside the feed-forward layer.</summary>
    public Size Inner => new(config.IntermediateSize, $"intermediate size {config.IntermediateSize}");

    /// <summary>Token ids.</summary>
    public Size Vocab => new(config.VocabSize, $"vocabulary of {config.VocabSize}");

    /// <summary>Channels of all query heads.</summary>
    public Size Queries => new((long)config.NumAttentionHeads * config.HeadDim, $"{config.NumAttentionHeads} heads of {config.HeadDim}");

    /// <summary>Channels of all key heads, and of all value heads.</summary>
    public Size KeyValues => new((long)config.NumKeyValueHeads * config.HeadDim, $"{config.NumKeyValueHeads} kv heads of {config.HeadDim}");

    /// <summary>Channels of a head.</summary>
    public Size Head => new(config.HeadDim, $"heads of {config.HeadDim}");

    /// <summary>A projection: <c>NAME.weight</c>, [outputs, inputs], and where there is one <c>NAME.bias</c>, [outputs].</summary>
    public LinearDesign Linear(string name, Size outputs, Size inputs, bool hasBias)
    {
        string reason = inputs == Hidden ? outputs.Reason : $"{outputs.Reason}, {inputs.Reason}";
        return new LinearDesign(
            new(prefix + name + ".weight", [outputs.Count, inputs.Count], TensorRole.Weight, layer, reason),
            hasBias ? new(prefix + name + ".bias", [outputs.Count], TensorRole.Bias, layer, outputs.Reason) : null);
    }

    /// <summary>The same with the weight stored the other way round, [inputs, outputs].</summary>
    public LinearDesign Transposed(string name, Size outputs, Size inputs)
    {
        LinearDesign linear = Linear(name, outputs, inputs, hasBias: true);
        return linear with { Weight = linear.Weight with { Shape = [inputs.Count, outputs.Count], IsTransposed = true } };
    }

    /// <summary>A root-mean-square norm: <c>NAME.weight</c>, [channels].</summary>
    public RmsNormDesign RmsNorm(string name, Size channels) => new(NormWeight(name, channels), config.RmsNormEps);

    /// <summary>A root-mean-square norm that multiplies by 1 + weight.</summary>
    public RmsNormDesign ShiftedRmsNorm(string name, Size channels) =>
        new(NormWeight(name, channels) with { Role = TensorRole.ShiftedNormWeight }, config.RmsNormEps) { Offset = 1 };

    /// <summary>A table of vectors of the residual stream: <c>NAME.weight</c>, [rows, hidden].</summary>
    public ExpectedTensor Table(string name, TensorRole role, Size rows) => new(prefix + name + ".weight", [rows.Count, config.HiddenSize], role, layer, rows.Reason);

    /// <summary>A norm of each head: <c>NAME.weight</c>, one for all heads.</summary>
    public RmsNormDesign HeadNorm(string name) => RmsNorm(name, Head) with { IsPerHead = true };

    /// <summary>A layer norm: <c>NAME.weight</c> and <c>NAME.bias</c>, [channels].</summary>
    public LayerNormDesign LayerNorm(string name, Size channels) => new(
        NormWeight(name, channels), new(prefix + name + ".bias", [channels.Count], TensorRole.Bias, layer, channels.Reason), config.RmsNormEps);

    private ExpectedTensor NormWeight(string name, Size channels) => new(prefix + name + ".weight", [channels.Count], TensorRole.NormWeight, layer, channels.Reason);
}
