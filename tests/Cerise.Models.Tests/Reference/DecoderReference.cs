using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Reference;

/// <summary>A decoder of Llama's shape: pre-norm, rotary grouped-query attention, SwiGLU (arXiv:2302.13971), with biases where the weights have them.</summary>
internal sealed class DecoderReference(ModelConfig config, int contextLength, Dictionary<string, double[]> weights) : PlainModel(config, weights)
{
    private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(config, contextLength);

    public static DecoderReference Of(CausalModel model) => new(model.Config, model.ContextLength, WeightsOf(model));

    public override double[][] Logits(IReadOnlyList<int> ids)
    {
        double[][] stream = LookUp("model.embed_tokens.weight", ids);
        for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
        {
            string name = $"model.layers.{layer}.";
            stream = Plain.Add(stream, Attention(name + "self_attn.", RmsNorm(name + "input_layernorm", stream)));
            stream = Plain.Add(stream, SwiGlu(name + "mlp.", RmsNorm(name + "post_attention_layernorm", stream)));
        }
        return Head("model.embed_tokens", RmsNorm("model.norm", stream));
    }

    private double[][] Attention(string name, double[][] x) => Linear(name + "o_proj", Plain.Attention(
        Plain.Rotate(Linear(name + "q_proj", x), Config.HeadDim, _rotary),
        Plain.Rotate(Linear(name + "k_proj", x), Config.HeadDim, _rotary),
        Linear(name + "v_proj", x), Config.HeadDim));
}
