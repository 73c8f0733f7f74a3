using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Reference;

/// <summary>A model in float64, in plain loops straight from its paper, one sequence at a time.</summary>
/// <param name="config">Sizes.</param>
/// <param name="weights">The weights by name, row-major, [out, in].</param>
internal abstract class PlainModel(ModelConfig config, Dictionary<string, double[]> weights)
{
    /// <summary>The weights; may be changed between passes.</summary>
    public Dictionary<string, double[]> Weights => weights;

    protected ModelConfig Config => config;

    /// <summary>Logits of the token after each, [tokens][vocab].</summary>
    public abstract double[][] Logits(IReadOnlyList<int> ids);

    /// <summary>Log-probability and entropy of every token after the first, in nats.</summary>
    public (double[] LogProbs, double[] Entropies) Score(IReadOnlyList<int> ids, double temperature)
    {
        double[][] logits = Logits(ids);
        double[] logProbs = new double[ids.Count - 1];
        double[] entropies = new double[ids.Count - 1];
        for (int t = 0; t < logProbs.Length; t++)
        {
            double[] z = Array.ConvertAll(logits[t], logit => logit / temperature);
            double max = z.Max();
            double logSum = max + Math.Log(z.Sum(value => Math.Exp(value - max)));
            logProbs[t] = z[ids[t + 1]] - logSum;
            entropies[t] = -z.Sum(value => Math.Exp(value - logSum) * (value - logSum));
        }
        return (logProbs, entropies);
    }

    /// <summary>The weights of a model, in float64.</summary>
    public static Dictionary<string, double[]> WeightsOf(CausalModel model) =>
        model.Parameters.ToDictionary(weight => weight.Name, weight => Array.ConvertAll(weight.ToArray(), x => (double)x));

    /// <summary>Rows of a table.</summary>
    protected double[][] LookUp(string table, IEnumerable<int> rows) =>
        [.. rows.Select(row => weights[table][(row * config.HiddenSize)..((row + 1) * config.HiddenSize)])];

    /// <summary>x W^T, and b where there is one.</summary>
    protected double[][] Linear(string name, double[][] x) => Plain.Linear(x, weights[name + ".weight"], weights.GetValueOrDefault(name + ".bias"));

    protected double[][] RmsNorm(string name, double[][] x) => Plain.RmsNorm(x, weights[name + ".weight"], config.RmsNormEps);

    /// <summary>down(silu(gate(x)) * up(x)), or with another function than silu.</summary>
    protected double[][] SwiGlu(string name, double[][] x) =>
        Linear(name + "down_proj", Plain.Zip(Plain.Map(Linear(name + "gate_proj", x), value => Plain.Activate(config.HiddenActivation, value)), Linear(name + "up_proj", x), (gate, up) => gate * up));

    /// <summary>x W^T with the head, or the embedding where there is none.</summary>
    protected double[][] Head(string embedding, double[][] x) =>
        Plain.Linear(x, weights.TryGetValue("lm_head.weight", out double[]? head) ? head : weights[embedding + ".weight"], null);
}
