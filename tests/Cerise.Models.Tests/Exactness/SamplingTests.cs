using Cerise.Models.Generation;
using Cerise.Models.Tests.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Tests.Exactness;

/// <summary>Rules 1 and 2 of the design: the same bits with any batch, threads and order, and again in a recorded forward pass.</summary>
public sealed class SamplingTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Log_probabilities_recorded_while_sampling_are_recomputed_bit_for_bit_by_any_number_of_threads(int number)
    {
        Scenario scenario = Scenario.From(number);
        IReadOnlyList<IReadOnlyList<Completion>> completions = Generate(scenario, threads: 2);
        (IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)[] sequences = [.. scenario.Sequences(completions)];
        for (int threads = 1; threads <= 3; threads++)
        {
            using Device device = Device.Cpu(threads);
            using CausalModel model = scenario.NewModel(device);
            model.RequireGradients();
            using Graph graph = new(device, record: true);
            float[] recomputed = model.LogProbs(graph, TokenBatch.Pack(sequences), scenario.ScoredTemperature).LogProbs.ToArray();
            Bits.AssertSame(LogProbs(completions), recomputed, $"scenario {number}, {threads} threads");
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Completions_depend_neither_on_batch_size_nor_threads(int number)
    {
        Scenario scenario = Scenario.From(number);
        IReadOnlyList<IReadOnlyList<Completion>> expected = Generate(scenario, threads: 1);
        foreach ((int threads, int batch) in new[] { (1, 1), (1, 2), (1, 7), (2, 64), (3, 64) })
        {
            Scenario batched = scenario with { Options = scenario.Options with { MaxBatchSize = batch } };
            AssertSame(expected, Generate(batched, threads), $"scenario {number}, {threads} threads, batches of {batch}");
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Completions_depend_neither_on_their_batch_mates_nor_on_the_order_of_requests(int number)
    {
        Scenario scenario = Scenario.From(number);
        IReadOnlyList<IReadOnlyList<Completion>> expected = Generate(scenario, threads: 1);
        int[] order = scenario.Seed.Fork("order").Permutation(scenario.Requests.Length);
        Scenario shuffled = scenario with
        {
            Requests = [.. order.Select(i => scenario.Requests[i])],
            Options = scenario.Options with { MaxBatchSize = 3 },
        };
        AssertSame([.. order.Select(i => expected[i])], Generate(shuffled, threads: 1), $"scenario {number}, order {string.Join(' ', order)}");
        for (int i = 0; i < expected.Count; i++)
        {
            Scenario alone = scenario with { Requests = [scenario.Requests[i]] };
            AssertSame([expected[i]], Generate(alone, threads: 1), $"scenario {number}, request {i} alone");
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_sample_does_not_depend_on_how_many_are_drawn_with_it(int number)
    {
        Scenario scenario = Scenario.From(number);
        IReadOnlyList<IReadOnlyList<Completion>> expected = Generate(scenario, threads: 1);
        Scenario wider = scenario with { Requests = [.. scenario.Requests.Select(request => request with { Samples = request.Samples + 2 })] };
        IReadOnlyList<Completion>[] actual = [.. Generate(wider, threads: 1).Zip(expected, (more, few) => more.Take(few.Count).ToArray())];
        AssertSame(expected, actual, $"scenario {number}, two samples more");
    }

    [Fact]
    public void Seed_prompt_and_sample_index_determine_a_completion_and_each_matters()
    {
        Scenario scenario = Scenario.From(1000) with { Options = new() { MaxNewTokens = 40 } };
        int[] prompt = TinyModels.Tokens(Seed.From(1), 20, scenario.Config.VocabSize);
        GenerationRequest request = new(prompt, 3, Seed.From(5));
        GenerationRequest otherPrompt = request with { PromptIds = [.. prompt[..^1], (prompt[^1] + 1) % scenario.Config.VocabSize] };
        GenerationRequest[] requests = [request, request, request with { Seed = Seed.From(6) }, otherPrompt];
        IReadOnlyList<IReadOnlyList<Completion>> all = Generate(scenario with { Requests = requests }, threads: 1);
        AssertSame([all[0]], [all[1]], "the same request twice");
        Assert.Equal(9, all.Skip(1).SelectMany(group => group).Select(completion => string.Join(' ', completion.Ids)).Distinct().Count());
    }

    [Fact]
    public void Greedy_completions_do_not_depend_on_the_seed()
    {
        Scenario scenario = Scenario.From(1001) with { Options = new() { Temperature = 0, MaxNewTokens = 40 } };
        IReadOnlyList<IReadOnlyList<Completion>> first = Generate(scenario, threads: 1);
        GenerationRequest[] reseeded = [.. scenario.Requests.Select(request => request with { Seed = Seed.From(99) })];
        AssertSame(first, Generate(scenario with { Requests = reseeded }, threads: 1), "other seeds");
        Assert.All(first, group => AssertSame([[.. group.Select(_ => group[0])]], [group], "samples of a prompt"));
    }

    private static IReadOnlyList<IReadOnlyList<Completion>> Generate(Scenario scenario, int threads)
    {
        using Device device = Device.Cpu(threads);
        using CausalModel model = scenario.NewModel(device);
        return new Generator(model).Sample(scenario.Requests, scenario.Options);
    }

    private static IEnumerable<float> LogProbs(IEnumerable<IEnumerable<Completion>> all) =>
        all.SelectMany(group => group).SelectMany(completion => completion.LogProbs);

    private static void AssertSame(IReadOnlyList<IReadOnlyList<Completion>> expected, IReadOnlyList<IReadOnlyList<Completion>> actual, string what)
    {
        Assert.Equal(expected.Select(group => group.Count), actual.Select(group => group.Count));
        foreach ((Completion a, Completion b) in expected.SelectMany(group => group).Zip(actual.SelectMany(group => group)))
        {
            Assert.True(a.Ids.SequenceEqual(b.Ids), $"{what}: tokens {string.Join(' ', b.Ids)}, expected {string.Join(' ', a.Ids)}");
            Assert.True(a.FinishReason == b.FinishReason, $"{what}: ended by {b.FinishReason}, expected {a.FinishReason}");
            Bits.AssertSame(a.LogProbs, b.LogProbs, what);
        }
    }
}
