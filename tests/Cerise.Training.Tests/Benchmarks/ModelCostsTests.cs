using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Benchmarks;

namespace Cerise.Training.Tests.Benchmarks;

public sealed class ModelCostsTests
{
    // 2 layers; a layer has 4 x 8 x 8 weights of attention, 3 x 8 x 16 of feed-forward, 2 x 8 of norms; embedding 10 x 8, last norm 8.
    private const long Parameters = (2 * ((4 * 64) + (3 * 128) + 16)) + 80 + 8;

    private static readonly ModelConfig Config = new()
    {
        ModelType = "llama",
        HiddenSize = 8,
        IntermediateSize = 16,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        VocabSize = 10,
        MaxPositionEmbeddings = 64,
        TieWordEmbeddings = true,
    };

    [Fact]
    public void Training_takes_three_times_the_operations_of_scoring()
    {
        var costs = new ModelCosts(Config);
        BenchmarkWork train = costs.TrainStep(Work, sequences: 3, length: 4), score = costs.Score(Work, sequences: 3, length: 4);
        Assert.Equal(12 * ((2 * Parameters) + (4 * 2 * 8 * 2)), score.Operations);
        Assert.Equal(3 * score.Operations, train.Operations);
        Assert.Equal((12, 4, Parameters), (train.Tokens, train.Context, train.Parameters));
    }

    [Fact]
    public void Training_moves_weights_gradients_and_moments_thirteen_times_and_activations_five_times()
    {
        const double activations = 12 * 2 * 4 * ((4 * 8) + (2 * 4 * 4) + (3 * 16));
        BenchmarkWork train = new ModelCosts(Config).TrainStep(Work, sequences: 3, length: 4);
        Assert.Equal((13 * 4 * Parameters) + (5 * activations), train.Bytes);
        Assert.Equal((4 * 4 * Parameters) + activations, train.WorkingSet);
    }

    [Fact]
    public void Decoding_reads_the_weights_once_a_token_and_the_keys_and_values_of_each_sequence()
    {
        const double keysAndValues = 2 * 2 * 8 * 4;
        BenchmarkWork decode = new ModelCosts(Config).Decode(Work, sequences: 5, promptTokens: 6, newTokens: 8);
        Assert.Equal((8 * 4 * Parameters) + (5 * 8 * 10 * keysAndValues), decode.Bytes);
        Assert.Equal((4 * Parameters) + (5 * 14 * keysAndValues), decode.WorkingSet);
        Assert.Equal(40 * ((2 * Parameters) + (4 * 2 * 8 * 10)), decode.Operations);
    }

    [Fact]
    public void Weights_in_16_bits_are_half_the_bytes_and_the_same_operations()
    {
        const double keysAndValues = 2 * 2 * 8 * 4;
        BenchmarkWork wide = new ModelCosts(Config).Decode(Work, sequences: 5, promptTokens: 6, newTokens: 8);
        BenchmarkWork stored = new ModelCosts(Config, DType.Bfloat16).Decode(Work, sequences: 5, promptTokens: 6, newTokens: 8);
        Assert.Equal((8 * 2 * Parameters) + (5 * 8 * 10 * keysAndValues), stored.Bytes);
        Assert.Equal((wide.Operations, "float32", "bfloat16"), (stored.Operations, wide.Dtype, stored.Dtype));
    }

    private static BenchmarkWork Work => new("any", "small", 3, 1);
}
