using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Reference;

/// <summary>The parts of decoders in float64, in plain loops; rows are tokens.</summary>
internal static class Plain
{
    /// <summary>x W^T + b, with W [out, in] row-major.</summary>
    public static double[][] Linear(double[][] x, double[] weight, double[]? bias) => [.. x.Select(row =>
    {
        double[] y = new double[weight.Length / row.Length];
        for (int o = 0; o < y.Length; o++)
        {
            y[o] = bias?[o] ?? 0;
            for (int i = 0; i < row.Length; i++)
                y[o] += weight[(o * row.Length) + i] * row[i];
        }
        return y;
    })];

    /// <summary>Of each part of a row that is as wide as the weight: a row, or a head (arXiv:1910.07467).</summary>
    public static double[][] RmsNorm(double[][] x, double[] weight, double eps) => [.. x.Select(row => row.Chunk(weight.Length).SelectMany(part =>
    {
        double root = Math.Sqrt(part.Average(value => value * value) + eps);
        return part.Select((value, i) => value / root * weight[i]);
    }).ToArray())];

    /// <summary>arXiv:1607.06450.</summary>
    public static double[][] LayerNorm(double[][] x, double[] weight, double[] bias, double eps) => [.. x.Select(row =>
    {
        double mean = row.Average();
        double root = Math.Sqrt(row.Average(value => (value - mean) * (value - mean)) + eps);
        return row.Select((value, i) => ((value - mean) / root * weight[i]) + bias[i]).ToArray();
    })];

    /// <summary>Causal grouped-query attention (arXiv:2305.13245); of a window, where there is one, a query sees the last so many keys; scores may have another scale, and be capped by a tanh (arXiv:2408.00118).</summary>
    public static double[][] Attention(double[][] queries, double[][] keys, double[][] values, int headDim, int window = 0, double? scale = null, double cap = 0)
    {
        int group = queries[0].Length / keys[0].Length;
        double[][] attended = [.. queries.Select(row => new double[row.Length])];
        for (int t = 0; t < queries.Length; t++)
        {
            int first = window == 0 ? 0 : Math.Max(0, t - window + 1);
            for (int head = 0; head < queries[0].Length / headDim; head++)
            {
                (int q, int kv) = (head * headDim, head / group * headDim);
                double[] scores = [.. Enumerable.Range(first, t + 1 - first).Select(s =>
                    Cap(Enumerable.Range(0, headDim).Sum(d => queries[t][q + d] * keys[s][kv + d]) * (scale ?? 1 / Math.Sqrt(headDim)), cap))];
                double max = scores.Max();
                double sum = scores.Sum(score => Math.Exp(score - max));
                for (int s = first; s <= t; s++)
                    for (int d = 0; d < headDim; d++)
                        attended[t][q + d] += Math.Exp(scores[s - first] - max) / sum * values[s][kv + d];
            }
        }
        return attended;
    }

    /// <summary>Rotates the first channels of each head, halves paired, by its position times the frequencies (arXiv:2104.09864).</summary>
    public static double[][] Rotate(double[][] x, int headDim, (double[] Frequencies, double Scale) rotary)
    {
        int half = rotary.Frequencies.Length;
        return [.. x.Select((row, position) =>
        {
            double[] turned = [.. row];
            for (int first = 0; first < row.Length; first += headDim)
            {
                for (int i = 0; i < half; i++)
                {
                    (double sin, double cos) = Math.SinCos(position * rotary.Frequencies[i]);
                    (double a, double b) = (row[first + i], row[first + half + i]);
                    turned[first + i] = ((a * cos) - (b * sin)) * rotary.Scale;
                    turned[first + half + i] = ((b * cos) + (a * sin)) * rotary.Scale;
                }
            }
            return turned;
        })];
    }

    /// <summary>cap tanh(x / cap); a cap of 0 is none.</summary>
    public static double Cap(double x, double cap) => cap == 0 ? x : cap * Math.Tanh(x / cap);

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) (arXiv:1606.08415).</summary>
    public static double GeluTanh(double x) => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * Math.Pow(x, 3)))));

    /// <summary>The function inside a feed-forward layer.</summary>
    public static double Activate(Activation activation, double x) => activation switch
    {
        Activation.Silu => Silu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.QuickGelu => x / (1 + Math.Exp(-1.702 * x)),
        Activation.Relu => x > 0 ? x : 0,
        Activation.ReluSquared => x > 0 ? x * x : 0,
        _ => throw new ArgumentException($"{activation} has no reference", nameof(activation)),
    };

    public static double[][] Map(double[][] x, Func<double, double> function) => [.. x.Select(row => Array.ConvertAll(row, value => function(value)))];

    public static double[][] Add(double[][] a, double[][] b) => Zip(a, b, (x, y) => x + y);

    public static double[][] Zip(double[][] a, double[][] b, Func<double, double, double> function) =>
        [.. a.Zip(b, (x, y) => x.Zip(y, function).ToArray())];

    public static double[][] Columns(double[][] x, int first, int count) => [.. x.Select(row => row[first..(first + count)])];
}
