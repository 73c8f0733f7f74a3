using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>Counts what a model has to compute and to move.</summary>
/// <remarks>
/// Operations are counted as usual: 2 N + 4 L d t for a token's forward pass, where N is the number of weights, L the layers, d the attention's
/// channels and t the tokens attended to; three times that for training. Bytes are those that a perfect program would still move: weights once
/// a pass, the sequences' keys and values once a decoded token, each activation written by one op and read by the next.
/// </remarks>
/// <param name="config">The model's sizes.</param>
/// <param name="dtype">How weights are stored; activations and training's state are float32 whatever it is.</param>
internal sealed class ModelCosts(ModelConfig config, DType dtype = DType.Float32)
{
    private const int BytesPerActivation = sizeof(float);

    // Forward and backward read each weight. Its gradient (always float32) is cleared, added to and read for the norm; AdamW reads weight, gradient
    // and both moments, and writes weight and moments.
    private const int WeightPassesOfStep = 4;
    private const int StatePassesOfStep = 9;

    // An activation is written, read by the next op and again by the backward pass; its gradient is written and read.
    private const int ActivationPassesOfStep = 5;

    /// <summary>Weights.</summary>
    public long Parameters { get; } = ModelTensors.ParameterCount(config);

    private double WeightBytes => (double)Parameters * dtype.Size();

    private double KeyValueBytes => 2.0 * config.NumHiddenLayers * config.NumKeyValueHeads * config.HeadDim * BytesPerActivation;

    // Of a token: both norms and both sums, queries, keys, values, attention's output, gate, up and their product, in each layer.
    private double ActivationBytes => (double)config.NumHiddenLayers * BytesPerActivation
        * ((4 * config.HiddenSize) + (2 * config.HeadDim * (config.NumAttentionHeads + config.NumKeyValueHeads)) + (3 * config.IntermediateSize));

    /// <summary>Adds the counts of a step of training on whole sequences.</summary>
    public BenchmarkWork TrainStep(BenchmarkWork work, int sequences, int length)
    {
        double tokens = (double)sequences * length;
        double state = (double)Parameters * sizeof(float);
        return work with
        {
            Tokens = sequences * length,
            Context = length,
            Parameters = Parameters,
            Dtype = dtype.Name(),
            Operations = 3 * tokens * ForwardOperations(length / 2.0),
            Bytes = (WeightPassesOfStep * WeightBytes) + (StatePassesOfStep * state) + (ActivationPassesOfStep * tokens * ActivationBytes),
            WorkingSet = WeightBytes + (3 * state) + (tokens * ActivationBytes),
        };
    }

    /// <summary>Adds the counts of a forward pass over whole sequences.</summary>
    public BenchmarkWork Score(BenchmarkWork work, int sequences, int length)
    {
        double tokens = (double)sequences * length;
        return work with
        {
            Tokens = sequences * length,
            Context = length,
            Parameters = Parameters,
            Dtype = dtype.Name(),
            Operations = tokens * ForwardOperations(length / 2.0),
            Bytes = WeightBytes + (2 * tokens * ActivationBytes),
            WorkingSet = WeightBytes + (tokens * ActivationBytes / config.NumHiddenLayers),
        };
    }

    /// <summary>Adds the counts of decoding: the prompts' forward pass draws the first tokens, each later pass one more of every sequence.</summary>
    public BenchmarkWork Decode(BenchmarkWork work, int sequences, int promptTokens, int newTokens)
    {
        double attended = promptTokens + (newTokens / 2.0);
        double tokens = (double)sequences * newTokens;
        return work with
        {
            Tokens = sequences * newTokens,
            Context = promptTokens + newTokens,
            Parameters = Parameters,
            Dtype = dtype.Name(),
            Operations = tokens * ForwardOperations(attended),
            Bytes = (newTokens * WeightBytes) + (tokens * attended * KeyValueBytes),
            WorkingSet = WeightBytes + (sequences * (promptTokens + newTokens) * KeyValueBytes),
        };
    }

    private double ForwardOperations(double attended) =>
        (2.0 * Parameters) + (4.0 * config.NumHiddenLayers * config.NumAttentionHeads * config.HeadDim * attended);
}
