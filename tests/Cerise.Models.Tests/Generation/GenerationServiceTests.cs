using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

public sealed class GenerationServiceTests : IDisposable
{
    private static readonly ModelConfig Small = TinyModels.Config(Seed.From(31)) with
    {
        VocabSize = 30,
        NumHiddenLayers = 2,
        MaxPositionEmbeddings = 300,
        RopeScaling = null,
    };

    private readonly Device _device = Device.Cpu(2);
    private readonly CausalModel _model;

    public GenerationServiceTests() => _model = TinyModels.New(Small, _device);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _model.Dispose();
        _device.Dispose();
    }

    public static TheoryData<int, bool, int> Trials => new()
    {
        { 0, true, 1000 },
        { 1, false, 1000 },
        { 2, true, 9 },                                                    // blocks for hardly more than one text: requests give way again and again
        { 3, false, 7 },
        { 4, true, 14 },
    };

    [Theory]
    [MemberData(nameof(Trials))]
    public async Task Whatever_comes_and_goes_beside_it_a_request_gets_what_it_would_get_alone(int trial, bool reuse, int blocks)
    {
        Seed seed = Seed.From(trial);
        int[] start = TinyModels.Tokens(seed.Fork("start"), 140, 30);
        (GenerationRequest Request, SamplingOptions Options)[] asked = [.. Enumerable.Range(0, 40).Select(i => RandomRequests.New(seed.Fork(i), start))];
        Completion[][] alone = new Completion[asked.Length][];
        using (Generator generator = new(_model))
            for (int i = 0; i < asked.Length; i++)
                alone[i] = [.. generator.Sample([asked[i].Request], asked[i].Options)[0]];

        using GenerationService service = new(_model, new()
        {
            MaxBatchSize = 3 + seed.Below(1, 12),
            CacheBytes = blocks * KvCache.BytesPerBlock(Small),
            PrefillTokens = 1 + seed.Below(2, 150),
            ReusePrefixes = reuse,
            DeliveryInterval = TimeSpan.FromMilliseconds(trial % 2),
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(client => Task.Run(
            async () =>
            {
                for (int i = client; i < asked.Length; i += 4)
                {
                    (GenerationRequest request, SamplingOptions options) = asked[i];
                    if (request.PromptIds.Count >= service.ContextLength)
                        continue;
                    using GenerationStream stream = service.Submit(request, options);
                    bool leaves = i % 5 == 4;
                    List<DrawnToken>[] samples = [.. Enumerable.Range(0, request.Samples).Select(_ => new List<DrawnToken>())];
                    while (await stream.ReadAsync(Cancellation) is { Count: > 0 } tokens)
                    {
                        foreach (DrawnToken token in tokens)
                            samples[token.Sample].Add(token);
                        if (leaves && samples[0].Count > 3)
                            break;
                    }
                    for (int sample = 0; sample < samples.Length; sample++)
                    {
                        Completion expected = alone[i][sample];
                        int count = samples[sample].Count;
                        bool shorter = leaves || request.PromptIds.Count + expected.Ids.Count > service.ContextLength;
                        Assert.True(shorter ? count <= expected.Ids.Count : count == expected.Ids.Count, $"request {i}: {count} tokens of {expected.Ids.Count}");
                        Assert.Equal(expected.Ids.Take(count), samples[sample].Select(token => token.Id));
                        Bits.AssertSame(expected.LogProbs.Take(count), samples[sample].Select(token => token.LogProb), $"request {i}");
                        if (!shorter)
                            Assert.Equal(expected.FinishReason, samples[sample][^1].Finish);
                    }
                }
            },
            Cancellation)));
        await service.StopAsync(Cancellation);
        GenerationServiceStatistics statistics = service.Statistics;
        Assert.Equal((0, 0, 0.0), (statistics.Running, statistics.Waiting, statistics.CacheUse));
        Assert.Equal(statistics.Requests, statistics.Finished + statistics.GivenUp);
        if (reuse)
            Assert.True(statistics.ReusedPromptTokens > 0);
    }

    [Fact]
    public async Task First_and_last_tokens_are_delivered_at_once_and_the_others_when_it_is_time()
    {
        using SemaphoreSlim read = new(0);
        using GenerationService service = new(_model, new() { Time = new ManualTime() });
        using GenerationStream stream = service.Submit(new([1, 2, 3], 1, Seed.From(1)), new()
        {
            MaxNewTokens = 20,
            Guide = Watch.Of(ids =>
            {
                if (ids.Count == 2)
                    read.Wait(Cancellation);
                return false;
            }),
        });
        Assert.Single(await stream.ReadAsync(Cancellation));
        read.Release();
        Assert.Equal(19, (await stream.ReadAsync(Cancellation)).Count);
        Assert.Empty(await stream.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task The_next_turn_of_a_chat_computes_only_what_is_new()
    {
        using GenerationService service = new(_model);
        int[] prompt = TinyModels.Tokens(Seed.From(3), 130, 30);
        List<int> answer = [.. (await Read(service.Submit(new(prompt, 1, Seed.From(1)), new() { MaxNewTokens = 70 }))).Select(token => token.Id)];
        await Read(service.Submit(new([.. prompt, .. answer, 1, 2, 3], 1, Seed.From(2)), new() { MaxNewTokens = 2 }));
        await service.StopAsync(Cancellation);
        // 130 + 70 tokens, the last of which was never computed: three full blocks.
        Assert.Equal(192, service.Statistics.ReusedPromptTokens);
        Assert.Equal(130 + 203 - 192, service.Statistics.Work.PromptTokens);
    }

    [Fact]
    public async Task A_cancelled_request_frees_its_place_for_one_that_waits()
    {
        using Held first = new(), second = new();
        using GenerationService service = new(_model, new() { MaxBatchSize = 1 });
        GenerationStream left = service.Submit(new([1, 2], 1, Seed.From(1)), new() { MaxNewTokens = 290, Guide = first.Guide });
        await first.Reached();
        GenerationStream waiting = service.Submit(new([3], 1, Seed.From(1)), new() { MaxNewTokens = 5 });
        left.Dispose();
        first.Release();
        Assert.Equal(5, (await Read(waiting)).Count);
        Assert.InRange((await Read(left)).Count, 0, 2);
        using CancellationTokenSource source = new();
        GenerationStream cancelled = service.Submit(new([1, 2], 1, Seed.From(1)), new() { MaxNewTokens = 290, Guide = second.Guide });
        await second.Reached();
        await source.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await cancelled.ReadAsync(source.Token));
        second.Release();
        await service.StopAsync(Cancellation);
        Assert.Equal((1L, 2L, 0.0), (service.Statistics.Finished, service.Statistics.GivenUp, service.Statistics.CacheUse));
    }

    [Fact]
    public async Task Stopping_refuses_new_requests_and_finishes_the_accepted_ones()
    {
        using GenerationService service = new(_model, new() { MaxBatchSize = 2 });
        GenerationStream[] streams = [.. Enumerable.Range(0, 7).Select(i => service.Submit(new([1 + i], 2, Seed.From(i)), new() { MaxNewTokens = 20 }))];
        Task stopped = service.StopAsync(Cancellation);
        GenerationException error = Assert.Throws<GenerationException>(() => service.Submit(new([1], 1, Seed.From(1)), new()));
        Assert.Equal(GenerationFault.Stopping, error.Fault);
        foreach (GenerationStream stream in streams)
            Assert.Equal(40, (await Read(stream)).Count);
        await stopped;
        Assert.Equal(7, service.Statistics.Finished);
    }

    [Fact]
    public async Task An_aborted_stop_and_a_disposed_service_fail_what_is_left()
    {
        using CancellationTokenSource source = new();
        foreach (bool dispose in new[] { false, true })
        {
            using Held held = new();
            using GenerationService service = new(_model);
            GenerationStream stream = service.Submit(new([1], 1, Seed.From(1)), new() { MaxNewTokens = 290, Guide = held.Guide });
            await held.Reached();
            Task stop = dispose ? Task.Run(service.Dispose, Cancellation) : service.StopAsync(source.Token);
            if (!dispose)
                await source.CancelAsync();
            while (dispose && !IsStopping(service))
                await Task.Yield();
            held.Release();
            await stop;
            GenerationException error = await Assert.ThrowsAsync<GenerationException>(async () => await Read(stream));
            Assert.Equal(GenerationFault.Stopping, error.Fault);
        }
    }

    [Fact]
    public async Task A_full_queue_refuses_and_takes_again_when_one_has_begun()
    {
        using Held held = new();
        using GenerationService service = new(_model, new() { MaxBatchSize = 1, MaxQueue = 2 });
        GenerationStream first = service.Submit(new([1], 1, Seed.From(1)), new() { MaxNewTokens = 2, Guide = held.Guide });
        GenerationStream second = service.Submit(new([2], 1, Seed.From(2)), new() { MaxNewTokens = 2 });
        GenerationException error = Assert.Throws<GenerationException>(() => service.Submit(new([3], 1, Seed.From(3)), new()));
        Assert.Equal((GenerationFault.QueueFull, "2 requests wait already, the limit is 2; try again later"), (error.Fault, error.Message));
        await held.Reached();
        held.Release();
        Assert.Equal(2, (await Read(first)).Count);
        Assert.Equal(2, (await Read(service.Submit(new([3], 1, Seed.From(3)), new() { MaxNewTokens = 2 }))).Count);
        Assert.Equal(2, (await Read(second)).Count);
    }

    [Fact]
    public async Task A_late_request_fails_and_the_others_go_on()
    {
        ManualTime time = new();
        using Held held = new();
        using GenerationService service = new(_model, new() { Time = time });
        GenerationStream late = service.Submit(new([1], 1, Seed.From(1)), new() { MaxNewTokens = 290, Guide = held.Guide }, TimeSpan.FromSeconds(5));
        GenerationStream other = service.Submit(new([2], 1, Seed.From(2)), new() { MaxNewTokens = 30 }, TimeSpan.FromSeconds(50));
        await held.Reached();
        time.Add(TimeSpan.FromSeconds(6));
        held.Release();
        GenerationException error = await Assert.ThrowsAsync<GenerationException>(async () => await Read(late));
        Assert.Equal(GenerationFault.TimedOut, error.Fault);
        Assert.Equal(30, (await Read(other)).Count);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(false, 9)]
    public async Task A_guide_that_fails_ends_its_request_and_no_other(bool inFactory, int at)
    {
        using GenerationService service = new(_model);
        GenerationStream other = service.Submit(new([2], 1, Seed.From(2)), new() { MaxNewTokens = 200 });
        Func<ICompletionGuide> guide = inFactory ? () => throw new FormatException("no")
            : at > 0 ? Watch.Of(ids => ids.Count == at ? throw new FormatException("no") : false) : () => new FailingConstraint();
        GenerationStream failing = service.Submit(new([1], 2, Seed.From(1)), new() { Guide = guide });
        GenerationException error = await Assert.ThrowsAsync<GenerationException>(async () => await Read(failing));
        Assert.Equal((GenerationFault.Failed, "no"), (error.Fault, error.Message));
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Equal(200, (await Read(other)).Count);
        await service.StopAsync(Cancellation);
        Assert.Equal((1L, 1L, 0.0), (service.Statistics.Finished, service.Statistics.GivenUp, service.Statistics.CacheUse));
    }

    [Fact]
    public async Task A_failure_of_the_model_is_told_to_all_that_run_and_later_requests_are_answered()
    {
        using GenerationService service = new(_model);
        Parameter norm = _model.Parameter("model.norm.weight");
        float[] weights = norm.ToArray();
        norm.SetRows(0, [.. weights.Select(_ => float.NaN)]);
        GenerationStream[] failing = [.. Enumerable.Range(0, 3).Select(i => service.Submit(new([1 + i], 2, Seed.From(1)), new()))];
        foreach (GenerationStream stream in failing)
        {
            GenerationException error = await Assert.ThrowsAsync<GenerationException>(async () => await Read(stream));
            Assert.Equal((GenerationFault.Failed, "the logits hold NaN: the weights are damaged or training diverged"), (error.Fault, error.Message));
        }
        norm.SetRows(0, weights);
        Assert.Equal(4, (await Read(service.Submit(new([2], 1, Seed.From(2)), new() { MaxNewTokens = 4 }))).Count);
    }

    [Theory]
    [InlineData(0, 1, 1, GenerationFault.Invalid, "the prompt has no tokens; begin it with the BOS token or some text")]
    [InlineData(300, 1, 1, GenerationFault.PromptTooLong, "the prompt has 300 tokens, the context is 300 with its completion; shorten the prompt")]
    [InlineData(3, 0, 1, GenerationFault.Invalid, "0 samples of a prompt were asked for; use 1 to 128")]
    [InlineData(3, 129, 1, GenerationFault.Invalid, "129 samples of a prompt were asked for; use 1 to 128")]
    [InlineData(3, 1, 2, GenerationFault.Invalid, "top_p is 2; use a number in (0, 1]")]
    public void A_request_out_of_range_is_refused(int prompt, int samples, float topP, GenerationFault fault, string message)
    {
        using GenerationService service = new(_model);
        GenerationException error = Assert.Throws<GenerationException>(() => service.Submit(new(new int[prompt], samples, Seed.From(1)), new() { TopP = topP }));
        Assert.Equal((fault, message), (error.Fault, error.Message));
    }

    [Fact]
    public void A_token_outside_the_vocabulary_is_refused()
    {
        using GenerationService service = new(_model);
        GenerationException error = Assert.Throws<GenerationException>(() => service.Submit(new([1, 30], 1, Seed.From(1)), new()));
        Assert.Equal("the prompt has token 30, the vocabulary ends at 29", error.Message);
    }

    [Fact]
    public void Settings_out_of_range_are_refused_all_at_once()
    {
        GenerationServiceOptions options = new()
        {
            MaxBatchSize = 0,
            MaxQueue = 0,
            MaxSamples = 0,
            CacheBytes = 0,
            PrefillTokens = 0,
            DeliveryInterval = TimeSpan.FromSeconds(-1),
        };
        Assert.Equal(6, options.Faults().Count());
        Assert.Throws<ArgumentException>(() => new GenerationService(_model, options));
        Assert.Throws<ArgumentException>(() => new GenerationService(_model, new() { CacheBytes = KvCache.BytesPerBlock(Small) }));
        Assert.Empty(new GenerationServiceOptions().Faults());
    }

    [Fact]
    public async Task The_likeliest_tokens_come_with_each_token_that_asks_for_them()
    {
        using GenerationService service = new(_model);
        List<DrawnToken> plain = await Read(service.Submit(new([1, 2], 1, Seed.From(1)), new() { MaxNewTokens = 10 }));
        List<DrawnToken> told = await Read(service.Submit(new([1, 2], 1, Seed.From(1)), new() { MaxNewTokens = 10, TopLogProbs = 30 }));
        Assert.All(plain, token => Assert.Null(token.Likeliest));
        Assert.Equal(plain.Select(token => token.Id), told.Select(token => token.Id));
        foreach (DrawnToken token in told)
        {
            Assert.Equal(30, token.Likeliest!.Ids.Distinct().Count());
            Assert.Equal(token.LogProb, token.Likeliest.Drawn);
            Assert.Equal(token.LogProb, token.Likeliest.LogProbs[token.Likeliest.Ids.ToList().IndexOf(token.Id)]);
            Assert.Equal(token.Likeliest.LogProbs.OrderDescending(), token.Likeliest.LogProbs);
        }
    }

    private static async Task<List<DrawnToken>> Read(GenerationStream stream)
    {
        List<DrawnToken> all = [];
        while (await stream.ReadAsync(Cancellation) is { Count: > 0 } tokens)
            all.AddRange(tokens);
        return all;
    }

    private static bool IsStopping(GenerationService service)
    {
        try
        {
            service.Submit(new([1], 1, Seed.From(1)), new() { MaxNewTokens = 1 }).Dispose();
            return false;
        }
        catch (GenerationException error) when (error.Fault == GenerationFault.Stopping)
        {
            return true;
        }
    }

    private sealed class FailingConstraint : ICompletionGuide
    {
        public bool Constrain(Span<ulong> allowed) => throw new FormatException("no");

        public bool Append(int id) => false;
    }

    // Holds the service's thread at the first token of a request.
    private sealed class Held : IDisposable
    {
        private readonly SemaphoreSlim _reached = new(0);
        private readonly SemaphoreSlim _released = new(0);
        private int _held;

        public Func<ICompletionGuide> Guide => Watch.Of(ids =>
        {
            if (Interlocked.Exchange(ref _held, 1) == 0)
            {
                _reached.Release();
                _released.Wait(Cancellation);
            }
            return false;
        });

        public Task Reached() => _reached.WaitAsync(Cancellation);

        public void Release() => _released.Release();

        public void Dispose()
        {
            _reached.Dispose();
            _released.Dispose();
        }
    }

    private sealed class ManualTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Add(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}
