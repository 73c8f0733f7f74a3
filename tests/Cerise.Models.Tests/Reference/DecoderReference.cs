using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Reference;

/// <summary>A decoder of Llama's shape in float64, in plain loops straight from the papers, one sequence at a time.</summary>
/// <remarks>
/// RMSNorm (arXiv:1910.07467), rotary positions with halves paired (arXiv:2104.09864), grouped-query attention (arXiv:2305.13245), SwiGLU
/// (arXiv:2002.05202), biases where the weights have them, the head tied to the embedding where there is none of its own.
/// </remarks>
internal sealed class DecoderReference(ModelConfig config, int contextLength, Dictionary<string, double[]> weights)
{
    private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(config, contextLength);

    /// <summary>The weights by name, row-major; may be changed between passes.</summary>
    public Dictionary<string, double[]> Weights => weights;

    public static DecoderReference Of(CausalModel model) => new(
        model.Config, model.ContextLength,
        model.Parameters.ToDictionary(weight => weight.Name, weight => Array.ConvertAll(weight.ToArray(), x => (double)x)));

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

    /// <summary>Logits of the token after each, [tokens][vocab].</summary>
    public double[][] Logits(IReadOnlyList<int> ids)
    {
        double[][] stream = [.. ids.Select(id => Row("model.embed_tokens.weight", id, config.HiddenSize))];
        for (int layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            string name = $"model.layers.{layer}.";
            Add(stream, Attention(name + "self_attn.", Norm(name + "input_layernorm.weight", stream)));
            Add(stream, FeedForward(name + "mlp.", Norm(name + "post_attention_layernorm.weight", stream)));
        }
        string head = weights.ContainsKey("lm_head.weight") ? "lm_head" : "model.embed_tokens";
        return Linear(head, Norm("model.norm.weight", stream));
    }

    private double[][] Attention(string name, double[][] x)
    {
        int dim = config.HeadDim;
        double[][] queries = Linear(name + "q_proj", x);
        double[][] keys = Linear(name + "k_proj", x);
        double[][] values = Linear(name + "v_proj", x);
        double[][] attended = [.. x.Select(_ => new double[config.NumAttentionHeads * dim])];
        for (int t = 0; t < x.Length; t++)
        {
            Rotate(queries[t], t);
            Rotate(keys[t], t);
            for (int head = 0; head < config.NumAttentionHeads; head++)
            {
                int kv = head / (config.NumAttentionHeads / config.NumKeyValueHeads) * dim;
                double[] query = queries[t][(head * dim)..((head + 1) * dim)];
                double[] scores = [.. keys.Take(t + 1).Select(key => query.Select((q, d) => q * key[kv + d]).Sum() / Math.Sqrt(dim))];
                double max = scores.Max();
                double sum = scores.Sum(score => Math.Exp(score - max));
                for (int s = 0; s <= t; s++)
                    for (int d = 0; d < dim; d++)
                        attended[t][(head * dim) + d] += Math.Exp(scores[s] - max) / sum * values[s][kv + d];
            }
        }
        return Linear(name + "o_proj", attended);
    }

    private double[][] FeedForward(string name, double[][] x)
    {
        double[][] gate = Linear(name + "gate_proj", x);
        double[][] up = Linear(name + "up_proj", x);
        foreach ((double[] g, double[] u) in gate.Zip(up))
            for (int i = 0; i < g.Length; i++)
                g[i] = g[i] / (1 + Math.Exp(-g[i])) * u[i];
        return Linear(name + "down_proj", gate);
    }

    private double[][] Norm(string name, double[][] x) =>
        [.. x.Select(row =>
        {
            double scale = 1 / Math.Sqrt(row.Average(value => value * value) + config.RmsNormEps);
            return row.Select((value, i) => value * scale * weights[name][i]).ToArray();
        })];

    private double[][] Linear(string name, double[][] x)
    {
        double[] weight = weights[name + ".weight"];
        double[]? bias = weights.GetValueOrDefault(name + ".bias");
        int outputs = weight.Length / x[0].Length;
        return [.. x.Select(row =>
        {
            double[] y = new double[outputs];
            for (int o = 0; o < outputs; o++)
            {
                y[o] = bias?[o] ?? 0;
                for (int i = 0; i < row.Length; i++)
                    y[o] += weight[(o * row.Length) + i] * row[i];
            }
            return y;
        })];
    }

    private void Rotate(double[] heads, int position)
    {
        int half = config.HeadDim / 2;
        for (int first = 0; first < heads.Length; first += config.HeadDim)
        {
            for (int i = 0; i < half; i++)
            {
                (double sin, double cos) = Math.SinCos(position * _rotary.Frequencies[i]);
                (double a, double b) = (heads[first + i], heads[first + half + i]);
                heads[first + i] = ((a * cos) - (b * sin)) * _rotary.Scale;
                heads[first + half + i] = ((b * cos) + (a * sin)) * _rotary.Scale;
            }
        }
    }

    private double[] Row(string name, int row, int columns) => weights[name][(row * columns)..((row + 1) * columns)];

    private static void Add(double[][] stream, double[][] amount)
    {
        for (int t = 0; t < stream.Length; t++)
            for (int i = 0; i < stream[t].Length; i++)
                stream[t][i] += amount[t][i];
    }
}
