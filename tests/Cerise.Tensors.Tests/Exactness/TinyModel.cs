using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Sizes of a <see cref="TinyModel"/>.</summary>
internal sealed record TinySizes(int Vocab, int Channels, int Heads, int KvHeads, int HeadDim, int FeedForward, int Layers, bool Tied, int Window, float SoftCap)
{
    /// <summary>Ragged sizes: none a multiple of anything in particular.</summary>
    public static TinySizes Draw(Seed seed)
    {
        RandomStream draws = seed.Fork("sizes").Stream();
        int kvHeads = draws.Between(1, 2);
        return new TinySizes(draws.Between(20, 200), draws.Between(5, 90), kvHeads * draws.Between(1, 3), kvHeads, 2 * draws.Between(2, 20), draws.Between(10, 150), draws.Between(1, 2), draws.Chance(0.5), draws.Chance(0.5) ? draws.Between(1, 100) : 0, draws.Chance(0.3) ? 3 : 0);
    }
}

/// <summary>A small Llama with biases on queries, keys and values, made of all the engine's ops; its first layer may attend within a window, scores and logits may be capped.</summary>
internal sealed class TinyModel : IDisposable
{
    private const float Eps = 1e-5f;

    private readonly TinySizes _sizes;
    private readonly RotaryTable _rotary;
    private readonly Parameter _embedding;
    private readonly Parameter _head;
    private readonly Parameter _lastNorm;
    private readonly Layer[] _layers;

    public TinyModel(Device device, TinySizes sizes, Seed seed)
    {
        _sizes = sizes;
        Device = device;
        _rotary = new RotaryTable(device, [.. Enumerable.Range(0, sizes.HeadDim / 2).Select(i => Math.Pow(10_000, -2.0 * i / sizes.HeadDim))], 300);
        _embedding = Matrix("embedding", sizes.Vocab, sizes.Channels, 1);
        _head = sizes.Tied ? _embedding : Matrix("head", sizes.Vocab, sizes.Channels, 1);
        _layers = [.. Enumerable.Range(0, sizes.Layers).Select(NewLayer)];
        _lastNorm = Vector("last", sizes.Channels);

        Layer NewLayer(int i) => new(
            Vector($"{i}.norm1", sizes.Channels),
            Matrix($"{i}.q", sizes.Heads * sizes.HeadDim, sizes.Channels, 2), Vector($"{i}.qb", sizes.Heads * sizes.HeadDim),
            Matrix($"{i}.k", sizes.KvHeads * sizes.HeadDim, sizes.Channels, 2), Vector($"{i}.kb", sizes.KvHeads * sizes.HeadDim),
            Matrix($"{i}.v", sizes.KvHeads * sizes.HeadDim, sizes.Channels, 1), Vector($"{i}.vb", sizes.KvHeads * sizes.HeadDim),
            Matrix($"{i}.o", sizes.Channels, sizes.Heads * sizes.HeadDim, 1),
            Vector($"{i}.norm2", sizes.Channels),
            Matrix($"{i}.gate", sizes.FeedForward, sizes.Channels, 1), Matrix($"{i}.up", sizes.FeedForward, sizes.Channels, 1), Matrix($"{i}.down", sizes.Channels, sizes.FeedForward, 1));

        Parameter Matrix(string name, int outputs, int inputs, float scale) =>
            Add(OpCheck.NewParameter(device, name, new Shape(outputs, inputs), ParameterLayout.Panels, Draws.Normal(seed.Fork(name), outputs * inputs, scale / MathF.Sqrt(inputs))));

        Parameter Vector(string name, int length) =>
            Add(OpCheck.NewParameter(device, name, new Shape(length), ParameterLayout.Plain, Draws.Normal(seed.Fork(name), length)));

        Parameter Add(Parameter parameter)
        {
            Parameters.Add(parameter);
            return parameter;
        }
    }

    public Device Device { get; }

    public List<Parameter> Parameters { get; } = [];

    private float HeadCap => 2 * _sizes.SoftCap;

    /// <summary>Keys and values of all layers in <paramref name="blocks"/> blocks.</summary>
    public KeyValueBlocks[] NewCache(int blocks)
    {
        long length = (long)blocks * KeyValueBlocks.BlockSize * _sizes.KvHeads * _sizes.HeadDim;
        return [.. _layers.Select(_ => new KeyValueBlocks(Filled(), 0, Filled(), 0, _sizes.KvHeads, _sizes.HeadDim))];

        // What lies where nothing was written must not matter.
        Storage Filled()
        {
            Storage storage = Device.Allocate(length);
            Device.Fill(storage, 0, length, float.NaN);
            return storage;
        }
    }

    /// <summary>Final hidden states, [rows, channels], of whole sequences or, with a cache, of the plan's rows.</summary>
    public Tensor Hidden(Graph graph, ReadOnlySpan<int> ids, AttentionPlan plan, KeyValueBlocks[]? cache = null)
    {
        Tensor stream = graph.Embedding(_embedding, new Indices(ids));
        Tensor normed = stream.RmsNorm(_layers[0].Norm1, Eps);
        for (int i = 0; i < _layers.Length; i++)
        {
            Layer layer = _layers[i];
            Tensor q = normed.Linear(layer.Q, layer.QBias).Rotary(_rotary, plan.Positions, _sizes.HeadDim);
            Tensor k = normed.Linear(layer.K, layer.KBias).Rotary(_rotary, plan.Positions, _sizes.HeadDim);
            Tensor v = normed.Linear(layer.V, layer.VBias);
            AttentionSettings settings = new AttentionSettings(_sizes.HeadDim) with { Window = i == 0 ? _sizes.Window : 0, SoftCap = _sizes.SoftCap };
            Tensor attended = cache is null ? q.Attention(k, v, plan, settings) : q.CachedAttention(k, v, plan, cache[i], settings);
            (stream, normed) = stream.AddRmsNorm(attended.Linear(layer.O), layer.Norm2, Eps);
            Tensor branch = normed.Linear(layer.Gate).SwiGlu(normed.Linear(layer.Up)).Linear(layer.Down);
            (stream, normed) = stream.AddRmsNorm(branch, i + 1 < _layers.Length ? _layers[i + 1].Norm1 : _lastNorm, Eps);
        }
        return normed;
    }

    /// <summary>Log-probability of each row's target and entropy.</summary>
    public (Tensor LogProbs, Tensor Entropies) Score(Tensor hidden, ReadOnlySpan<int> targets, float temperature = 1) => hidden.LmHead(_head, new Indices(targets), temperature, HeadCap);

    public Tensor Logits(Tensor hidden) => hidden.Logits(_head, HeadCap);

    /// <summary>The gradients of a weighted sum of log-probabilities and entropies over sequences, micro-batch by micro-batch.</summary>
    public float[][] Gradients(IReadOnlyList<int[]> sequences, IEnumerable<Range> microBatches)
    {
        using Graph graph = new(Device, record: true);
        foreach (Parameter parameter in Parameters)
            parameter.ZeroGradient();
        foreach (Range range in microBatches)
        {
            int[][] part = [.. sequences.Take(range)];
            int[] ids = [.. part.SelectMany(ids => ids)];
            Tensor hidden = Hidden(graph, ids, AttentionPlan.Packed([.. part.Select(ids => ids.Length)]));
            (Tensor logProbs, Tensor entropies) = Score(hidden, [.. ids.Select(id => (id + 1) % _sizes.Vocab)], 0.9f);
            graph.Backward(logProbs.Dot([.. ids.Select(id => (id % 5) - 1.7f)]) + entropies.Dot([.. ids.Select(id => id % 3 == 0 ? 0.1f : 0)]));
            graph.Reset();
        }
        return [.. Parameters.Select(parameter => parameter.ToArray(parameter.Gradient!))];
    }

    /// <summary>The gradients of a weighted sum of log-probabilities, by the head's one pass or by its two, micro-batch by micro-batch.</summary>
    public float[][] LikelihoodGradients(IReadOnlyList<int[]> sequences, IEnumerable<Range> microBatches, bool onePass)
    {
        using Graph graph = new(Device, record: true);
        foreach (Parameter parameter in Parameters)
            parameter.ZeroGradient();
        foreach (Range range in microBatches)
        {
            int[][] part = [.. sequences.Take(range)];
            int[] ids = [.. part.SelectMany(ids => ids)];
            Indices targets = new([.. ids.Select(id => (id + 1) % _sizes.Vocab)]);
            float[] weights = [.. ids.Select(id => (id % 5) / 7f)];
            Tensor hidden = Hidden(graph, ids, AttentionPlan.Packed([.. part.Select(ids => ids.Length)]));
            graph.Backward(onePass ? hidden.LmHeadLoss(_head, targets, weights, 0.9f, HeadCap).Loss : -hidden.LmHead(_head, targets, 0.9f, HeadCap).LogProbs.Dot(weights));
            graph.Reset();
        }
        return [.. Parameters.Select(parameter => parameter.ToArray(parameter.Gradient!))];
    }

    public void Dispose()
    {
        _rotary.Dispose();
        foreach (Parameter parameter in Parameters)
            parameter.Dispose();
    }

    private sealed record Layer(
        Parameter Norm1, Parameter Q, Parameter QBias, Parameter K, Parameter KBias, Parameter V, Parameter VBias, Parameter O, Parameter Norm2, Parameter Gate, Parameter Up, Parameter Down);
}
