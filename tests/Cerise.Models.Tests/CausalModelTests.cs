using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests;

public sealed class CausalModelTests
{
    private const double Tolerance = 1e-4;

    private static readonly int[] Lengths = [1, 2, 17, 63, 64, 65, 90, 130];

    [Fact]
    public void Log_probabilities_and_entropies_are_those_of_the_papers_in_float64()
    {
        using Device device = Device.Cpu(2);
        for (int trial = 0; trial < 40; trial++)
        {
            Seed seed = Seed.From(100 + trial);
            ModelConfig config = TinyModels.Config(seed);
            using CausalModel model = TinyModels.New(config, device, seed);
            DecoderReference reference = DecoderReference.Of(model);
            int Length(int i) => Lengths[seed.Fork("length").Below(i, Lengths.Length)];
            int[][] sequences = [.. Enumerable.Range(0, 3).Select(i => TinyModels.Tokens(seed.Fork(i), Length(i), config.VocabSize))];
            float temperature = new[] { 1f, 0.5f, 1.7f }[trial % 3];
            using Graph graph = new(device, record: false);
            (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, TokenBatch.PackAll(sequences), temperature);
            (double[] LogProbs, double[] Entropies)[] expected = [.. sequences.Select(ids => reference.Score(ids, temperature))];
            string what = $"seed {100 + trial}, {config}";
            AssertClose([.. expected.SelectMany(sequence => sequence.LogProbs)], logProbs.ToArray(), $"log-probability, {what}");
            AssertClose([.. expected.SelectMany(sequence => sequence.Entropies)], entropies.ToArray(), $"entropy, {what}");
        }
    }

    [Fact]
    public void Logits_of_chosen_rows_are_those_of_the_papers()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(7));
        using CausalModel model = TinyModels.New(config, device);
        int[] ids = TinyModels.Tokens(Seed.From(8), 20, config.VocabSize);
        using Graph graph = new(device, record: false);
        Tensor hidden = model.HiddenStates(graph, new Indices(ids), AttentionPlan.Packed([ids.Length]));
        double[][] expected = DecoderReference.Of(model).Logits(ids);
        AssertClose([.. expected[19], .. expected[0], .. expected[19]], model.Logits(hidden, new Indices([19, 0, 19])).ToArray(), "logit");
    }

    [Fact]
    public void Only_marked_tokens_are_scored()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(9));
        using CausalModel model = TinyModels.New(config, device);
        int[] ids = TinyModels.Tokens(Seed.From(10), 9, config.VocabSize);
        bool[] scored = [true, false, true, true, false, false, true, false, true];
        using Graph graph = new(device, record: false);
        float[] some = model.LogProbs(graph, TokenBatch.Pack([(ids, scored)])).LogProbs.ToArray();
        float[] all = model.LogProbs(graph, TokenBatch.PackAll([ids])).LogProbs.ToArray();
        Assert.Equal([all[1], all[2], all[5], all[7]], some);
    }

    [Fact]
    public void A_sequence_without_a_scored_token_changes_nothing()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(11));
        using CausalModel model = TinyModels.New(config, device);
        using Graph graph = new(device, record: true);
        int[] ids = TinyModels.Tokens(Seed.From(12), 70, config.VocabSize);
        float[] alone = model.LogProbs(graph, TokenBatch.PackAll([ids])).LogProbs.ToArray();
        Assert.Equal(alone, model.LogProbs(graph, TokenBatch.PackAll([[], [1], ids, [3]])).LogProbs.ToArray());
        Assert.Empty(model.LogProbs(graph, TokenBatch.PackAll([[1], [2]])).LogProbs.ToArray());
        Assert.Empty(model.LogProbs(graph, TokenBatch.PackAll([])).LogProbs.ToArray());
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_refused()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(13)) with { VocabSize = 20 };
        using CausalModel model = TinyModels.New(config, device);
        using Graph graph = new(device, record: false);
        foreach (int id in new[] { -1, 20, int.MaxValue })
        {
            ShapeException error = Assert.Throws<ShapeException>(() => model.LogProbs(graph, TokenBatch.PackAll([[1, id, 2]])));
            Assert.Contains($"{id} is outside the vocabulary of 20", error.Message, StringComparison.Ordinal);
            Assert.Throws<ShapeException>(() => model.LogProbs(graph, TokenBatch.PackAll([[1, id]])));
        }
    }

    [Fact]
    public void A_sequence_longer_than_the_context_is_refused()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(14)) with { MaxPositionEmbeddings = 70, RopeScaling = null };
        using CausalModel model = TinyModels.New(config, device);
        using Graph graph = new(device, record: false);
        int[] ids = TinyModels.Tokens(Seed.From(15), 71, config.VocabSize);
        Assert.Equal(69, model.LogProbs(graph, TokenBatch.PackAll([ids[..70]])).LogProbs.ToArray().Length);
        ShapeException error = Assert.Throws<ShapeException>(() => model.LogProbs(graph, TokenBatch.PackAll([ids])));
        Assert.Contains("context of 70 tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_of_other_rows_than_the_tokens_is_refused()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(16));
        using CausalModel model = TinyModels.New(config, device);
        using Graph graph = new(device, record: false);
        Assert.Throws<ShapeException>(() => model.HiddenStates(graph, new Indices([1, 2, 3]), AttentionPlan.Packed([2])));
        Assert.Throws<ShapeException>(() => model.HiddenStates(graph, new Indices([1, 2, 3]), AttentionPlan.Packed([2, 2])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Scoring_at_a_temperature_that_is_none_is_refused(float temperature)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(TinyModels.Config(Seed.From(17)), device);
        using Graph graph = new(device, record: false);
        Assert.Throws<ArgumentOutOfRangeException>(() => model.LogProbs(graph, TokenBatch.PackAll([[1, 2, 3]]), temperature));
    }

    [Fact]
    public void A_longer_sequence_does_not_pull_the_rotary_table_from_under_a_recorded_one()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(18)) with { MaxPositionEmbeddings = 4096, RopeScaling = null };
        int[] shorter = TinyModels.Tokens(Seed.From(19), 40, config.VocabSize);
        int[] longer = TinyModels.Tokens(Seed.From(20), 600, config.VocabSize);
        float[] Gradient(bool withLonger)
        {
            using CausalModel model = TinyModels.New(config, device);
            model.RequireGradients();
            using Graph graph = new(device, record: true);
            Tensor logProbs = model.LogProbs(graph, TokenBatch.PackAll([shorter])).LogProbs;
            Tensor loss = logProbs.Dot([.. Enumerable.Repeat(1f, shorter.Length - 1)]);
            if (withLonger)
                model.LogProbs(graph, TokenBatch.PackAll([longer]));
            graph.Backward(loss);
            Parameter weight = model.Parameter("model.layers.0.self_attn.k_proj.weight");
            return weight.ToArray(weight.Gradient!);
        }
        Assert.Equal(Gradient(withLonger: false), Gradient(withLonger: true));
    }

    [Fact]
    public void A_frozen_copy_keeps_its_weights_when_the_original_moves()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(21));
        using CausalModel model = TinyModels.New(config, device);
        using CausalModel copy = model.Clone();
        using Graph graph = new(device, record: true);
        TokenBatch batch = TokenBatch.PackAll([TinyModels.Tokens(Seed.From(22), 30, config.VocabSize)]);
        float[] before = model.LogProbs(graph, batch).LogProbs.ToArray();
        Assert.Equal(before, copy.LogProbs(graph, batch).LogProbs.ToArray());
        Assert.All(copy.Parameters, parameter => Assert.False(parameter.Trainable));
        Parameter moved = model.Parameter("model.norm.weight");
        moved.SetRows(0, Array.ConvertAll(moved.ToArray(), x => x + 1));
        Assert.NotEqual(before, model.LogProbs(graph, batch).LogProbs.ToArray());
        Assert.Equal(before, copy.LogProbs(graph, batch).LogProbs.ToArray());
        copy.CopyFrom(model);
        Assert.Equal(model.LogProbs(graph, batch).LogProbs.ToArray(), copy.LogProbs(graph, batch).LogProbs.ToArray());
    }

    [Fact]
    public void Weights_of_a_model_with_other_tensors_are_refused_and_none_is_copied()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(23)) with { TieWordEmbeddings = true, NumHiddenLayers = 2 };
        using CausalModel model = TinyModels.New(config, device);
        float[] before = [.. model.Parameters.SelectMany(parameter => parameter.ToArray())];
        ModelConfig[] others =
        [
            config with { TieWordEmbeddings = false }, config with { NumHiddenLayers = 1 }, config with { IntermediateSize = 91 },
        ];
        foreach (ModelConfig other in others)
        {
            using CausalModel source = CausalModel.Create(other, device, Seed.From(24));
            Assert.Throws<ShapeException>(() => model.CopyFrom(source));
            Assert.Equal(before, model.Parameters.SelectMany(parameter => parameter.ToArray()));
        }
    }

    [Fact]
    public void A_name_the_model_has_not_is_refused()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(TinyModels.Config(Seed.From(25)), device);
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Parameter("lm_tail.weight"));
        Assert.Contains("'lm_tail.weight'", error.Message, StringComparison.Ordinal);
    }

    private static void AssertClose(double[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance, $"{what}: number {i} is {actual[i]}, exactly {expected[i]}");
    }
}
