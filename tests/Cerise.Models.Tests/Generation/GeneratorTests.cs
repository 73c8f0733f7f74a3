using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Tests.Generation;

public sealed class GeneratorTests
{
    private static readonly ModelConfig Small = TinyModels.Config(Seed.From(31)) with
    {
        VocabSize = 30,
        NumHiddenLayers = 2,
        MaxPositionEmbeddings = 200,
        RopeScaling = null,
    };

    [Fact]
    public void A_completion_ends_with_its_stop_token()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        SamplingOptions free = new() { MaxNewTokens = 60 };
        GenerationRequest request = new([1, 2, 3], 4, Seed.From(1));
        IReadOnlyList<Completion> unstopped = new Generator(model).Sample([request], free)[0];
        Assert.All(unstopped, completion => Assert.Equal((60, FinishReason.Length), (completion.Ids.Count, completion.FinishReason)));
        int[] stops = [unstopped[0].Ids[7], unstopped[1].Ids[0], 5000, -1];
        IReadOnlyList<Completion> stopped = new Generator(model).Sample([request], free with { StopIds = stops })[0];
        foreach ((Completion whole, Completion cut) in unstopped.Zip(stopped))
        {
            int end = whole.Ids.ToList().FindIndex(id => stops.Contains(id)) + 1;
            Assert.Equal(end > 0 ? FinishReason.Stop : FinishReason.Length, cut.FinishReason);
            Assert.Equal(whole.Ids.Take(end > 0 ? end : 60), cut.Ids);
            Bits.AssertSame(whole.LogProbs.Take(cut.Ids.Count), cut.LogProbs, "log-probabilities");
        }
        Assert.Contains(stopped, completion => completion.Ids.Count == 1);
    }

    [Fact]
    public void A_completion_ends_when_its_text_says_so()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        List<int[]> asked = [];
        bool EndsWithEven(IReadOnlyList<int> ids)
        {
            asked.Add([.. ids]);
            return ids.Count >= 5 && ids[^1] % 2 == 0;
        }
        SamplingOptions options = new() { MaxNewTokens = 60, Guide = Watch.Of(EndsWithEven) };
        Completion completion = new Generator(model).Sample([new GenerationRequest([4], 1, Seed.From(2))], options)[0][0];
        Assert.Equal(FinishReason.Stop, completion.FinishReason);
        Assert.Equal(0, completion.Ids[^1] % 2);
        Assert.All(completion.Ids.Skip(4).SkipLast(1), id => Assert.Equal(1, id % 2));
        Assert.Equal(Enumerable.Range(1, completion.Ids.Count).Select(length => completion.Ids.Take(length)), asked);
    }

    [Fact]
    public void A_stop_at_the_last_allowed_token_is_a_stop()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FixedLogits.New(device, 10, 0, 9);
        SamplingOptions options = new() { Temperature = 0, MaxNewTokens = 3, Guide = Watch.Of(ids => ids.Count == 3) };
        Assert.Equal(FinishReason.Stop, new Generator(model).Sample([new GenerationRequest([0], 1, Seed.From(0))], options)[0][0].FinishReason);
    }

    [Theory]
    [InlineData(1, 9)]
    [InlineData(5, 5)]
    [InlineData(9, 1)]
    public void A_completion_ends_at_the_end_of_the_context(int prompt, int room)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small with { MaxPositionEmbeddings = 10 }, device);
        foreach (int most in new[] { room, room + 1, 1000, int.MaxValue })
        {
            SamplingOptions options = new() { MaxNewTokens = most };
            Completion completion = new Generator(model).Sample([new GenerationRequest(new int[prompt], 1, Seed.From(3))], options)[0][0];
            Assert.Equal((room, FinishReason.Length), (completion.Ids.Count, completion.FinishReason));
        }
    }

    [Fact]
    public void A_context_can_be_filled_to_its_last_token_at_a_block_border()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small with { MaxPositionEmbeddings = 128 }, device);
        foreach (int prompt in new[] { 63, 64, 127 })
        {
            GenerationRequest request = new(new int[prompt], 3, Seed.From(4));
            Assert.Equal(128 - prompt, new Generator(model).Sample([request], new() { MaxNewTokens = 500 })[0][1].Ids.Count);
        }
    }

    [Theory]
    [InlineData(0, "a prompt has no tokens; begin it with the BOS token or some text")]
    [InlineData(200, "a prompt has 200 tokens, the model's context is 200; shorten the prompt")]
    [InlineData(300, "a prompt has 300 tokens, the model's context is 200; shorten the prompt")]
    public void A_prompt_that_is_empty_or_fills_the_context_is_refused(int length, string message)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        GenerationRequest[] requests = [new([1], 1, Seed.From(0)), new(new int[length], 1, Seed.From(0))];
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Generator(model).Sample(requests, new()));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_no_sample_is_refused_and_no_request_gives_nothing()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        Assert.Throws<ArgumentException>(() => new Generator(model).Sample([new GenerationRequest([1], 0, Seed.From(0))], new()));
        Assert.Empty(new Generator(model).Sample([], new()));
    }

    [Fact]
    public void A_prompt_token_outside_the_vocabulary_is_refused()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        Assert.Throws<ShapeException>(() => new Generator(model).Sample([new GenerationRequest([1, 30], 1, Seed.From(0))], new()));
        Assert.Throws<ShapeException>(() => new Generator(model).Sample([new GenerationRequest([-1], 1, Seed.From(0))], new()));
    }

    [Fact]
    public void Every_sample_is_told_once_as_it_is_returned()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        GenerationRequest[] requests =
            [.. Enumerable.Range(0, 9).Select(i => new GenerationRequest(new int[1 + (30 * i % 70)], 1 + (i % 4), Seed.From(i)))];
        Dictionary<(int, int), Completion> told = [];
        SamplingOptions options = new() { MaxNewTokens = 25, StopIds = [3, 4, 5], MaxBatchSize = 4 };
        IReadOnlyList<IReadOnlyList<Completion>> all =
            new Generator(model).Sample(requests, options, (request, sample, completion) => told.Add((request, sample), completion));
        Assert.Equal(requests.Sum(request => request.Samples), told.Count);
        for (int i = 0; i < requests.Length; i++)
        {
            Assert.Equal(requests[i].Samples, all[i].Count);
            for (int sample = 0; sample < all[i].Count; sample++)
                Assert.Same(told[(i, sample)], all[i][sample]);
        }
    }

    [Fact]
    public void Every_token_is_told_in_order_as_it_is_drawn()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        GenerationRequest[] requests = [new([1, 2], 3, Seed.From(1)), new([3], 2, Seed.From(2))];
        Dictionary<(int, int), List<int>> told = [];
        void Drawn(int request, int sample, int id)
        {
            if (!told.TryGetValue((request, sample), out List<int>? ids))
                told[(request, sample)] = ids = [];
            ids.Add(id);
        }
        SamplingOptions options = new() { MaxNewTokens = 20, StopIds = [1, 2, 3], MaxBatchSize = 2 };
        IReadOnlyList<IReadOnlyList<Completion>> all =
            new Generator(model).Generate(requests, options, drawn: Drawn, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(5, told.Count);
        foreach (((int request, int sample), List<int> ids) in told)
            Assert.Equal(all[request][sample].Ids, ids);
    }

    [Fact]
    public void Log_probabilities_are_as_many_as_tokens()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        SamplingOptions options = new() { MaxNewTokens = 30, StopIds = [1] };
        IReadOnlyList<Completion> samples = new Generator(model).Sample([new GenerationRequest([1, 2], 20, Seed.From(7))], options)[0];
        Assert.All(samples, sample => Assert.Equal(sample.Ids.Count, sample.LogProbs.Count));
        Assert.All(samples.SelectMany(sample => sample.LogProbs), logProb => Assert.True(logProb is < 0 and > -50));
    }

    [Fact]
    public void Cancelling_stops_between_tokens_and_frees_every_block()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        List<KvCache> caches = [];
        Generator generator = new(model) { NewCache = blocks => Remember(caches, new KvCache(model, blocks)) };
        using CancellationTokenSource source = new();
        int tokens = 0;
        SamplingOptions options = new()
        {
            MaxNewTokens = 100,
            Guide = Watch.Of(_ =>
            {
                if (++tokens == 30)
                    source.Cancel();
                return false;
            }),
        };
        GenerationRequest request = new([1, 2, 3], 4, Seed.From(5));
        Assert.Throws<OperationCanceledException>(() => generator.Generate([request], options, cancellation: source.Token));
        Assert.InRange(tokens, 30, 34);
        AssertAllFree(Assert.Single(caches));
        Assert.Equal(
            new Generator(model).Sample([request], new() { MaxNewTokens = 20 })[0].SelectMany(sample => sample.Ids),
            generator.Sample([request], new() { MaxNewTokens = 20 })[0].SelectMany(sample => sample.Ids));
    }

    [Fact]
    public void A_fault_of_the_caller_frees_every_block_and_rises()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        List<KvCache> caches = [];
        Generator generator = new(model) { NewCache = blocks => Remember(caches, new KvCache(model, blocks)) };
        GenerationRequest request = new([1, 2, 3], 4, Seed.From(5));
        Assert.Throws<FormatException>(() => generator.Sample([request], new() { Guide = Watch.Of(_ => throw new FormatException()) }));
        Assert.Throws<FormatException>(() => generator.Sample([request], new() { MaxNewTokens = 3 }, (_, _, _) => throw new FormatException()));
        AssertAllFree(Assert.Single(caches));
        generator.Dispose();
        AssertFreed(device, caches[0]);
    }

    [Fact]
    public void Cache_and_activations_are_kept_for_the_next_call_and_grow_when_it_needs_more()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        List<KvCache> caches = [];
        int graphs = 0;
        using Generator generator = new(model)
        {
            NewCache = blocks => Remember(caches, new KvCache(model, blocks)),
            NewGraph = () =>
            {
                graphs++;
                return new Graph(device, record: false);
            },
        };
        GenerationRequest[] requests = [new([1, 2, 3], 4, Seed.From(5))];
        SamplingOptions options = new() { MaxNewTokens = 20 };
        for (int call = 0; call < 3; call++)
            generator.Sample(requests, options);
        Assert.Single(caches);
        generator.Sample([.. requests, new(new int[150], 4, Seed.From(6))], options with { MaxNewTokens = 40 });
        Assert.Equal(2, caches.Count);
        AssertFreed(device, caches[0]);
        generator.Sample(requests, options);
        Assert.Equal((2, 1), (caches.Count, graphs));
    }

    [Fact]
    public void A_call_from_within_a_call_is_refused()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        using Generator generator = new(model);
        GenerationRequest[] requests = [new([1, 2, 3], 1, Seed.From(5))];
        SamplingOptions options = new() { MaxNewTokens = 3 };
        Assert.Throws<InvalidOperationException>(() => generator.Sample(requests, options, (_, _, _) => generator.Sample(requests, options)));
        Assert.Equal(3, generator.Sample(requests, options)[0][0].Ids.Count);
    }

    [Fact]
    public void The_batch_is_full_until_nothing_waits_any_more()
    {
        // Nothing ends early: 7 prompts of 3 samples over 6 places need 21 x 10 tokens, the first of each drawn from its prompt.
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        using Generator generator = new(model) { Time = new CountingTime() };
        GenerationRequest[] requests = [.. Enumerable.Range(0, 7).Select(i => new GenerationRequest(new int[1 + i], 3, Seed.From(i)))];
        generator.Sample(requests, new() { MaxNewTokens = 10, MaxBatchSize = 6 });
        GenerationStatistics statistics = generator.Statistics;
        Assert.Equal((28, 210, 21 * 9), (statistics.PromptTokens, statistics.GenerationTokens, statistics.FilledPlaces));
        Assert.Equal((4 * 9, 4 * 9 * 6), (statistics.Steps, statistics.Places));
        Assert.Equal(21 / 24.0, statistics.Occupancy);
        Assert.Equal(statistics.Steps, statistics.StepSeconds);                             // each took one tick of a second
        Assert.Equal(6 * 21 / 24.0, statistics.GenerationThroughput!.Value, 12);
        Assert.True(statistics.PromptThroughput > 0);
    }

    [Fact]
    public void A_place_is_taken_again_in_the_step_after_a_completion_ends()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        using Generator generator = new(model);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 40).Select(i => new GenerationRequest([1 + (i % 29)], 2, Seed.From(i)))];
        IReadOnlyList<IReadOnlyList<Completion>> all = generator.Sample(requests, new() { MaxNewTokens = 50, MaxBatchSize = 8, StopIds = [3, 4] });
        GenerationStatistics statistics = generator.Statistics;
        int[] steps = [.. all.SelectMany(group => group).Select(completion => completion.Ids.Count - 1)];
        Assert.True(steps.Distinct().Count() > 5);
        Assert.Equal(steps.Sum(), statistics.FilledPlaces);
        // Whatever the order, the last ones to run leave places empty for no longer than one completion may take.
        Assert.InRange(statistics.Steps, (steps.Sum() + 7) / 8, (steps.Sum() / 8) + 50);
    }

    [Fact]
    public void Prompts_with_the_most_room_begin_first_and_of_those_the_longest()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);                            // a context of 200
        using Generator generator = new(model);
        int[] lengths = [5, 190, 100, 7, 180];
        List<int> begun = [];
        GenerationRequest[] requests = [.. lengths.Select((length, i) => new GenerationRequest(new int[length], 1, Seed.From(i)))];
        generator.Generate(
            requests, new() { MaxNewTokens = 30, MaxBatchSize = 1 },
            drawn: (request, _, _) => begun.Add(request), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([2, 3, 0, 4, 1], begun.Distinct());
    }

    [Fact]
    public void All_blocks_are_free_at_the_end_and_never_more_in_use_than_there_are()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small, device);
        for (int trial = 0; trial < 12; trial++)
        {
            Seed seed = Seed.From(trial);
            List<KvCache> caches = [];
            Generator generator = new(model)
            {
                NewCache = blocks => Remember(caches, new KvCache(model, blocks)),
                CacheBudget = trial % 3 == 0 ? 1 : 1L << (14 + trial),
            };
            GenerationRequest[] requests =
            [
                .. Enumerable.Range(0, 1 + seed.Below(0, 9))
                    .Select(i => new GenerationRequest(new int[1 + seed.Below(10 + i, 150)], 1 + seed.Below(50 + i, 5), seed.Fork(i))),
            ];
            SamplingOptions options = new() { MaxNewTokens = 1 + seed.Below(1, 90), MaxBatchSize = 1 + seed.Below(2, 8), StopIds = [1, 2] };
            int free = 0;
            Assert.All(generator.Sample(requests, options, (_, _, _) => free = caches[0].FreeBlocks), Assert.NotEmpty);
            int all = Assert.Single(caches).Blocks;
            Assert.True(free == all, $"seed {trial}: the last completion left {all - free} of {all} blocks in use");
        }
    }

    [Fact]
    public void Very_many_requests_pass_through_a_tiny_cache()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Small with { NumHiddenLayers = 1 }, device);
        GenerationRequest[] requests = [.. Enumerable.Range(0, 400).Select(i => new GenerationRequest([i % 30, i / 30], 1 + (i % 2), Seed.From(i)))];
        List<KvCache> caches = [];
        Generator tiny = new(model) { CacheBudget = 1, NewCache = blocks => Remember(caches, new KvCache(model, blocks)) };
        SamplingOptions options = new() { MaxNewTokens = 4 };
        IReadOnlyList<IReadOnlyList<Completion>> expected = new Generator(model).Sample(requests, options);
        IReadOnlyList<IReadOnlyList<Completion>> actual = tiny.Sample(requests, options);
        Assert.InRange(caches[0].Blocks, 1, 3);
        IEnumerable<IReadOnlyList<int>> Ids(IEnumerable<IEnumerable<Completion>> all) => all.SelectMany(group => group).Select(sample => sample.Ids);
        Assert.Equal(Ids(expected), Ids(actual));
    }

    [Fact]
    public void Prompts_longer_than_one_prefill_and_many_short_ones_are_all_computed()
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(Small with { NumHiddenLayers = 1, MaxPositionEmbeddings = 4000 }, device);
        int[] lengths = [2500, 1, 2047, 2048, 2049, 3, 3, 3];
        GenerationRequest[] requests =
            [.. lengths.Select((length, i) => new GenerationRequest(TinyModels.Tokens(Seed.From(i), length, 30), 2, Seed.From(i)))];
        SamplingOptions options = new() { MaxNewTokens = 3 };
        IReadOnlyList<IReadOnlyList<Completion>> together = new Generator(model).Sample(requests, options);
        for (int i = 0; i < requests.Length; i++)
        {
            IReadOnlyList<Completion> alone = new Generator(model).Sample([requests[i]], options)[0];
            Bits.AssertSame(alone.SelectMany(sample => sample.LogProbs), together[i].SelectMany(sample => sample.LogProbs), $"prompt {i}");
        }
    }

    [Fact]
    public void Logits_of_prompts_are_made_in_bounded_pieces()
    {
        // 40 prompts of 32 samples over 60,000 tokens: 307 MB of logits if made at once.
        using Device device = Device.Cpu(2);
        using CausalModel model = FixedLogits.New(device, 20, [.. Enumerable.Range(0, 60_000).Select(i => i % 7f)]);
        using Graph graph = new(device, record: false);
        Generator generator = new(model) { NewGraph = () => graph };
        GenerationRequest[] requests = [.. Enumerable.Range(0, 40).Select(i => new GenerationRequest([i], 32, Seed.From(i)))];
        long most = 0;
        generator.Sample(requests, new() { MaxNewTokens = 1, MaxBatchSize = 64 }, (_, _, _) => most = Math.Max(most, graph.Bytes));
        Assert.InRange(most, 1, 150L << 20);
    }

    private static KvCache Remember(List<KvCache> caches, KvCache cache)
    {
        caches.Add(cache);
        return cache;
    }

    private static void AssertAllFree(KvCache cache) => Assert.Equal(cache.Blocks, cache.FreeBlocks);

    // A second passes between two readings.
    private sealed class CountingTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }

    private static void AssertFreed(Device device, KvCache cache)
    {
        Assert.Throws<ObjectDisposedException>(() => device.Fill(cache.Layer(0).Keys, 0, 1, 0));
        Assert.Throws<ObjectDisposedException>(() => device.Fill(cache.Layer(0).Values, 0, 1, 0));
    }
}
