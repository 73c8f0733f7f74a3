using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;

namespace Cerise.Models.Tests.Families;

/// <summary>GPT-2 (Radford et al. 2019): the transformer decoder with norms moved to the input of each block, and one more before the head.</summary>
internal abstract class Gpt2Reference(ModelConfig config, Dictionary<string, double[]> weights, string prefix) : PlainModel(config, weights)
{
    public override double[][] Logits(IReadOnlyList<int> ids)
    {
        double[][] stream = Plain.Add(LookUp(prefix + "wte.weight", ids), LookUp(prefix + "wpe.weight", Enumerable.Range(0, ids.Count)));
        for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
        {
            string name = $"{prefix}h.{layer}.";
            stream = Plain.Add(stream, Attention(name + "attn.", LayerNorm(name + "ln_1", stream), layer));
            stream = Plain.Add(stream, Conv1D(name + "mlp.c_proj", Plain.Map(Conv1D(name + "mlp.c_fc", LayerNorm(name + "ln_2", stream)), value => Plain.Activate(Config.HiddenActivation, value))));
        }
        return Plain.Linear(LayerNorm(prefix + "ln_f", stream), Weights[prefix + "wte.weight"], null);
    }

    /// <summary>x W + b.</summary>
    protected virtual double[][] Conv1D(string name, double[][] x) => Linear(name, x);

    private double[][] Attention(string name, double[][] x, int layer)
    {
        double scale = Config.ScaleAttnWeights ? Math.Pow(Config.HeadDim, -0.5) : 1;
        if (Config.ScaleAttnByInverseLayerIdx)
            scale /= layer + 1.0;
        int hidden = Config.HiddenSize;
        double[][] all = Conv1D(name + "c_attn", x);
        return Conv1D(name + "c_proj", Plain.Attention(
            Plain.Columns(all, 0, hidden), Plain.Columns(all, hidden, hidden), Plain.Columns(all, 2 * hidden, hidden), Config.HeadDim, scale: scale));
    }

    private double[][] LayerNorm(string name, double[][] x) => Plain.LayerNorm(x, Weights[name + ".weight"], Weights[name + ".bias"], Config.RmsNormEps);
}
