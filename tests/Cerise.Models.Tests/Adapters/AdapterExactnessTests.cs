using Cerise.Models.Adapters;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Models.Tests.Exactness;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests.Adapters;

/// <summary>Rules 1 to 3 of the design, with an adapter on the model.</summary>
public sealed class AdapterExactnessTests
{
    public static TheoryData<int, string> Cases => new MatrixTheoryData<int, string>([0, 1, 2], ["lora", "dora", "tables"]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_probabilities_recorded_while_sampling_are_recomputed_bit_for_bit(int number, string kind)
    {
        Scenario scenario = Scenario.From(number);
        IReadOnlyList<IReadOnlyList<Completion>> completions = Generate(scenario, kind, threads: 2);
        (IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)[] sequences = [.. scenario.Sequences(completions)];
        float[] recorded = [.. completions.SelectMany(group => group).SelectMany(completion => completion.LogProbs)];
        foreach (int threads in (int[])[1, 3])
        {
            using Device device = Device.Cpu(threads);
            using CausalModel model = NewModel(scenario, kind, device);
            model.RequireGradients();
            using Graph graph = new(device, record: true);
            Bits.AssertSame(recorded, model.LogProbs(graph, TokenBatch.Pack(sequences), scenario.ScoredTemperature).LogProbs.ToArray(), $"scenario {number}, {kind}, {threads} threads");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Completions_depend_neither_on_batch_size_nor_threads(int number, string kind)
    {
        Scenario scenario = Scenario.From(number);
        IReadOnlyList<IReadOnlyList<Completion>> expected = Generate(scenario, kind, threads: 1);
        foreach ((int threads, int batch) in new[] { (1, 1), (3, 5) })
        {
            Scenario batched = scenario with { Options = scenario.Options with { MaxBatchSize = batch } };
            IReadOnlyList<IReadOnlyList<Completion>> actual = Generate(batched, kind, threads);
            foreach ((Completion one, Completion other) in expected.SelectMany(group => group).Zip(actual.SelectMany(group => group)))
            {
                Assert.Equal(one.Ids, other.Ids);
                Bits.AssertSame(one.LogProbs, other.LogProbs, $"scenario {number}, {kind}, {threads} threads, batches of {batch}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gradients_do_not_depend_on_the_cut_into_micro_batches_nor_on_threads(int number, string kind)
    {
        Seed seed = Seed.From(700 + number);
        ModelConfig config = TinyModels.Config(seed);
        int[][] sequences = [.. new[] { 1, 64, 3, 65, 17 }.Select((length, i) => TinyModels.Tokens(seed.Fork(i), length, config.VocabSize))];
        Dictionary<string, float[]> expected = Gradients(seed, config, kind, sequences, [5], threads: 1, drops: false);
        Dictionary<string, float[]> dropped = Gradients(seed, config, kind, sequences, [5], threads: 1, drops: true);
        Assert.NotEqual(expected.First(pair => pair.Key.Contains(".lora_A", StringComparison.Ordinal)).Value, dropped.First(pair => pair.Key.Contains(".lora_A", StringComparison.Ordinal)).Value);
        foreach ((int[] parts, int threads) in new[] { ((int[])[1, 1, 1, 1, 1], 2), ([2, 3], 3) })
        {
            foreach ((string name, float[] gradient) in Gradients(seed, config, kind, sequences, parts, threads, drops: false))
                Bits.AssertSame(expected[name], gradient, $"seed {number}, {kind}: '{name}'");
            foreach ((string name, float[] gradient) in Gradients(seed, config, kind, sequences, parts, threads, drops: true))
                Bits.AssertSame(dropped[name], gradient, $"seed {number}, {kind}, with dropout: '{name}'");
        }
    }

    private static CausalModel NewModel(Scenario scenario, string kind, Device device)
    {
        CausalModel model = scenario.NewModel(device);
        AdaptedModels.Add(model, AdaptedModels.Kind(kind), scenario.Seed.Fork("adapter"));
        return model;
    }

    private static IReadOnlyList<IReadOnlyList<Completion>> Generate(Scenario scenario, string kind, int threads)
    {
        using Device device = Device.Cpu(threads);
        using CausalModel model = NewModel(scenario, kind, device);
        using Generator generator = new(model);
        return generator.Generate(scenario.Requests, scenario.Options);
    }

    private static Dictionary<string, float[]> Gradients(Seed seed, ModelConfig config, string kind, int[][] sequences, int[] parts, int threads, bool drops)
    {
        using Device device = Device.Cpu(threads);
        using CausalModel model = TinyModels.New(config, device, seed);
        LoraAdapter adapter = AdaptedModels.Add(model, AdaptedModels.Kind(kind) with { LoraDropout = drops ? 0.3 : 0 }, seed.Fork("adapter"));
        model.RequireGradients();
        using Graph graph = new(device, record: true);
        int first = 0;
        foreach (int count in parts)
        {
            TokenBatch batch = TokenBatch.PackAll(sequences[first..(first + count)]);
            using AdapterScope dropout = adapter.DropOut(batch, [.. Enumerable.Range(first, count).SelectMany(s => sequences[s].Select((_, t) => seed.Fork("dropout").Fork(s).Fork(t)))]);
            if (batch.Targets.Count > 0)
                graph.Backward(model.LogProbs(graph, batch).LogProbs.Dot([.. Enumerable.Range(first, count).SelectMany(s => sequences[s].Skip(1).Select((_, t) => (float)seed.Fork(s).Normal(t)))]));
            graph.Reset();
            first += count;
        }
        return adapter.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(parameter.Gradient!));
    }
}
