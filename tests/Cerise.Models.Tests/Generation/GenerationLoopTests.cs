using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Tests.Generation;

public sealed class GenerationLoopTests : IDisposable
{
    private static readonly ModelConfig Small = TinyModels.Config(Seed.From(31)) with
    {
        VocabSize = 30,
        NumHiddenLayers = 2,
        MaxPositionEmbeddings = 300,
        RopeScaling = null,
    };

    private readonly Device _device = Device.Cpu(1);
    private readonly CausalModel _model;
    private readonly Graph _graph;

    public GenerationLoopTests()
    {
        _model = TinyModels.New(Small, _device);
        _graph = new Graph(_device, record: false);
    }

    public void Dispose()
    {
        _graph.Dispose();
        _model.Dispose();
        _device.Dispose();
    }

    [Theory]
    [InlineData(1, 6, false)]
    [InlineData(2, 6, true)]
    [InlineData(3, 9, false)]
    [InlineData(4, 9, true)]
    [InlineData(5, 60, true)]
    public void Requests_that_come_go_and_give_way_get_what_they_would_get_alone(int trial, int blocks, bool reuse)
    {
        Seed seed = Seed.From(trial);
        int[] start = TinyModels.Tokens(seed.Fork("start"), 140, 30);
        using KvCache cache = new(_model, blocks);
        PrefixIndex? prefixes = reuse ? new PrefixIndex(cache) : null;
        Listener listener = new();
        GenerationLoop loop = new(_model);
        loop.Open(cache, _graph, new LoopLimits(6, 40 + (30 * trial), 6, OnlyForFreePlaces: true), listener, prefixes);
        List<RequestRun> runs = [];
        for (int step = 0; runs.Count < 30 || !loop.IsIdle; step++)
        {
            if (runs.Count < 30 && seed.Fork("arrival").Below(step, 4) == 0)
            {
                (GenerationRequest request, SamplingOptions options) = RandomRequests.New(seed.Fork(runs.Count), start);
                runs.Add(new RequestRun(runs.Count, request, options, Math.Min(300, (blocks - 1) * 64), 30));
                loop.Submit(runs[^1]);
            }
            if (runs.Count > 0 && seed.Fork("leaving").Below(step, 40) == 0)
            {
                runs[seed.Fork("who").Below(step, runs.Count)].Abandoned = true;
                loop.Sweep();
            }
            loop.ComputePrompts();
            loop.Step();
            Assert.True(step < 20_000, "the loop does not end");
        }
        int unused = prefixes?.Unused ?? 0;
        Assert.Equal(cache.Blocks, cache.FreeBlocks + unused);
        Assert.True(runs.Count(run => run.Abandoned) is > 0 and < 20);
        int prompts = runs.Sum(run => run.Request.PromptIds.Count);
        if (blocks == 6 && !reuse)
            Assert.True(loop.Statistics.PromptTokens > prompts, "nothing gave way");
        if (blocks == 60)
            Assert.True(loop.ReusedTokens > 0 && loop.Statistics.PromptTokens < prompts, "nothing was reused");
        using Generator generator = new(_model);
        foreach (RequestRun run in runs)
        {
            IReadOnlyList<Completion> alone = generator.Sample([run.Request], run.Options)[0];
            for (int sample = 0; sample < alone.Count; sample++)
            {
                (List<int> ids, List<float> logProbs) = listener.Of(run, sample);
                int expected = run.Abandoned ? ids.Count : Math.Min(alone[sample].Ids.Count, run.Room);
                Assert.Equal(alone[sample].Ids.Take(expected), ids);
                Bits.AssertSame(alone[sample].LogProbs.Take(expected), logProbs, $"request {run.Index}");
                Assert.True(run.Abandoned || listener.HasEnded(run, sample));
            }
        }
    }

    private sealed class Listener : IGenerationListener
    {
        private readonly Dictionary<(long, int), (List<int>, List<float>)> _drawn = [];
        private readonly HashSet<(long, int)> _ended = [];

        public void Drawn(RunningSequence sequence)
        {
            (List<int> ids, List<float> logProbs) = Of(sequence.Request, sequence.Sample);
            ids.Add(sequence.Ids[^1]);
            logProbs.Add(sequence.LogProbs[^1]);
            _drawn[(sequence.Request.Index, sequence.Sample)] = (ids, logProbs);
        }

        public void Ended(RunningSequence sequence) => Assert.True(_ended.Add((sequence.Request.Index, sequence.Sample)));

        public bool HasEnded(RequestRun run, int sample) => _ended.Contains((run.Index, sample));

        public (List<int> Ids, List<float> LogProbs) Of(RequestRun run, int sample) => _drawn.GetValueOrDefault((run.Index, sample), ([], []));
    }
}
