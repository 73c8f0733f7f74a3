using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Models.Layers;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models;

/// <summary>A causal language model: the decoder that its family describes.</summary>
/// <remarks>
/// Sampling, scoring and training run this one forward pass through the same kernels, so a token's log-probability has the same bits in all three.
/// Sequences are packed end to end; there is no padding.
/// </remarks>
public sealed partial class CausalModel : IDisposable
{
    private readonly Dictionary<string, Parameter> _byName;
    private readonly DecoderLayer[] _layers;
    private readonly Parameter _embedTokens;
    private readonly Parameter? _embedPositions;
    private readonly float _embeddingScale;
    private readonly NormLayer _norm;
    private Parameter _lmHead;
    private readonly float _logitSoftCap;
    private readonly Dictionary<RotaryDesign, RotaryTables> _rotary = [];

    private CausalModel(ModelConfig config, Device device, int contextLength, DType dtype)
    {
        if (ModelFamilies.Find(config.ModelType) is { HasLearnedPositions: true } && contextLength > config.MaxPositionEmbeddings)
            throw new ArgumentOutOfRangeException(nameof(contextLength), contextLength, $"the model has learned {config.MaxPositionEmbeddings} positions and no more");
        Config = config;
        DType = dtype;
        Device = device;
        ContextLength = contextLength;
        DecoderDesign design = ModelTensors.DesignOf(config);
        Parameters = [.. design.Tensors.Select(tensor => NewParameter(device, tensor, dtype))];
        _byName = Parameters.ToDictionary(parameter => parameter.Name);
        DecoderBuilder builder = new(device, contextLength, _byName, _rotary);
        _layers = [.. design.Layers.Select(builder.Layer)];
        _embedTokens = _byName[design.TokenEmbedding.Name];
        _embedPositions = design.PositionEmbedding is null ? null : _byName[design.PositionEmbedding.Name];
        _embeddingScale = (float)design.EmbeddingScale;
        _norm = builder.Norm(design.FinalNorm)!;
        IsTied = design.Head is null;
        _lmHead = IsTied ? _embedTokens : _byName[design.Head!.Name];
        _logitSoftCap = (float)design.LogitSoftCap;
    }

    /// <summary>Sizes and settings.</summary>
    public ModelConfig Config { get; }

    /// <summary>Where the weights lie.</summary>
    public Device Device { get; }

    /// <summary>The type the weights are stored in; only float32 can be trained.</summary>
    public DType DType { get; }

    /// <summary>Tokens of the longest sequence the model may be given.</summary>
    public int ContextLength { get; }

    /// <summary>All weights, in the order of the forward pass.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Number of weights; a tied head counts once.</summary>
    public long ParameterCount => Parameters.Sum(parameter => parameter.Shape.Length);

    /// <summary>The final, normalized hidden state of every token.</summary>
    /// <param name="graph">Owner of the tensors; records when it is to be trained.</param>
    /// <param name="ids">Tokens, the sequences end to end.</param>
    /// <param name="plan">Which tokens belong to which sequence, at which positions.</param>
    /// <param name="cache">Keys and values of earlier tokens, to which those of <paramref name="ids"/> are added; null for whole sequences.</param>
    /// <param name="embeddingNoise">Added to the embeddings, [tokens, hidden]; null adds none.</param>
    /// <returns>[tokens, hidden].</returns>
    /// <exception cref="ShapeException">A token is outside the vocabulary, or a position beyond <see cref="ContextLength"/>.</exception>
    public Tensor HiddenStates(Graph graph, Indices ids, AttentionPlan plan, KvCache? cache = null, Tensor? embeddingNoise = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(plan);
        Tensor stream = Embedding(graph, ids, plan);                                    // [tokens, hidden]
        if (embeddingNoise is not null)
            stream += embeddingNoise;
        Tensor normed = _layers[0].BeforeAttention?.Forward(stream) ?? stream;
        for (int i = 0; i < _layers.Length; i++)
        {
            NormLayer? next = i + 1 < _layers.Length ? _layers[i + 1].BeforeAttention : _norm;
            (stream, normed) = graph.Apply(new DecoderPass(_layers[i], next, plan, cache?.Layer(i)), stream, normed);
        }
        return normed;
    }

    /// <summary>Log-probabilities and entropies of chosen tokens of packed sequences.</summary>
    /// <param name="graph">Owner of the tensors.</param>
    /// <param name="batch">The sequences, and which of their tokens are scored.</param>
    /// <param name="temperature">Divides the logits: the temperature the tokens were sampled at, above 0; 1 for greedy ones.</param>
    /// <returns>[scored tokens] each, in nats, in the order of <see cref="TokenBatch.Targets"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not above 0, or not finite.</exception>
    /// <exception cref="ShapeException">A token is outside the vocabulary, or a sequence longer than <see cref="ContextLength"/>.</exception>
    public (Tensor LogProbs, Tensor Entropies) LogProbs(Graph graph, TokenBatch batch, float temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!(temperature > 0 && float.IsFinite(temperature) && float.IsFinite(1 / temperature)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(temperature), temperature, "log-probabilities need a temperature above 0; those of greedy samples are taken at 1");
        }
        Tensor hidden = HiddenStates(graph, batch.Ids, batch.Plan);
        return hidden.GatherRows(batch.Rows).LmHead(_lmHead, batch.Targets, temperature, _logitSoftCap);
    }

    /// <summary>loss = - sum of weights[i] log p(targets[i]) over chosen tokens of packed sequences, with its gradient made in the same pass: pre-training and supervised fine-tuning.</summary>
    /// <param name="graph">Owner of the tensors. Where it records, follow with <see cref="Graph.Backward"/> of the loss, once: see <see cref="LmHeadOp.LmHeadLoss"/>.</param>
    /// <param name="batch">The sequences, and which of their tokens are trained on.</param>
    /// <param name="weights">What each trained token counts, in the order of <see cref="TokenBatch.Targets"/>; 1 / N for the mean over N tokens.</param>
    /// <param name="embeddingNoise">Added to the embeddings, [tokens, hidden] (NEFTune, arXiv:2310.05914); null adds none.</param>
    /// <returns>The loss, one number; for metrics log-probabilities and entropies of the tokens, in nats, and statistics of their logits: see <see cref="LmHeadOp.LmHeadLoss"/>.</returns>
    /// <exception cref="ShapeException">A token is outside the vocabulary, a sequence longer than <see cref="ContextLength"/>, or there is not one weight a token.</exception>
    public (Tensor Loss, Tensor LogProbs, Tensor Entropies, Tensor Statistics) LikelihoodLoss(
        Graph graph, TokenBatch batch, ReadOnlySpan<float> weights, Tensor? embeddingNoise = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor hidden = HiddenStates(graph, batch.Ids, batch.Plan, embeddingNoise: embeddingNoise);
        return hidden.GatherRows(batch.Rows).LmHeadLoss(_lmHead, batch.Targets, weights, softCap: _logitSoftCap);
    }

    /// <summary>Draws the token after each row of hidden states and records its log-probability: what <see cref="Logits"/> and a draw would give, without holding on to the logits.</summary>
    /// <param name="hidden">[rows, hidden]: final states of the positions before the tokens.</param>
    /// <param name="rows">How each is drawn.</param>
    /// <param name="ids">The tokens drawn.</param>
    /// <param name="logProbs">Their log-probabilities, in nats, under the untruncated distribution at the row's temperature (at 1 where it is 0).</param>
    /// <exception cref="ArithmeticException">Logits hold NaN.</exception>
    public void Sample(Tensor hidden, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        hidden.Sample(_lmHead, rows, ids, logProbs, _logitSoftCap);
    }

    /// <summary>Logits of the next token after the given rows of hidden states.</summary>
    /// <returns>[rows, vocab].</returns>
    public Tensor Logits(Tensor hidden, Indices rows)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        return hidden.GatherRows(rows).Logits(_lmHead, _logitSoftCap);
    }

    /// <summary>The weight of a name, as in a checkpoint.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public Parameter Parameter(string name) =>
        _byName.GetValueOrDefault(name) ?? throw new ArgumentException($"the model has no tensor '{name}'", nameof(name));

    /// <summary>Whether a weight is a table that tokens or positions are looked up in: such tables do not decay. So also where it is the head too, and for the rows of an adapter that are looked up.</summary>
    public bool IsEmbedding(Parameter parameter) => parameter == _embedTokens || parameter == _embedPositions || parameter == _embedTokens.LookupAdapter?.Down;

    /// <summary>Makes <see cref="TrainedParameters"/> trainable: all weights, or the adapter.</summary>
    /// <exception cref="InvalidOperationException">Weights that are to be trained are stored in 16 bits.</exception>
    public void RequireGradients()
    {
        foreach (Parameter parameter in TrainedParameters)
            parameter.RequireGradient();
    }

    /// <summary>A frozen copy, such as a reference policy.</summary>
    /// <param name="dtype">The type the copy's weights are rounded to and stored in; by default this model's.</param>
    /// <exception cref="InvalidOperationException">The model has an adapter: without it, it is its own reference.</exception>
    /// <exception cref="OverflowException">A weight is beyond the range of float16.</exception>
    public CausalModel Clone(DType? dtype = null)
    {
        RequireNoAdapter();
        CausalModel copy = new(Config, Device, ContextLength, dtype ?? DType);
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over another model's weights, rounded to this one's type.</summary>
    /// <exception cref="ShapeException">The models differ in their tensors; nothing is copied.</exception>
    /// <exception cref="OverflowException">A weight is beyond the range of float16.</exception>
    public void CopyFrom(CausalModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (Parameter mine in Parameters)
            ShapeException.Require(
                other._byName.TryGetValue(mine.Name, out Parameter? theirs) && theirs.Shape == mine.Shape,
                "CopyFrom",
                $"'{mine.Name}' is {mine.Shape} here, {theirs?.Shape.ToString() ?? "missing"} in the other model. Both need the same config");
        ShapeException.Require(
            other.Parameters.Count == Parameters.Count,
            "CopyFrom", $"the other model has {other.Parameters.Count} tensors, this one {Parameters.Count}. Both need the same config");
        foreach ((Parameter mine, Parameter theirs) in Parameters.Zip(other.Parameters))
            mine.CopyFrom(theirs);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Adapter?.Dispose();
        foreach (Parameter parameter in Parameters)
            parameter.Dispose();
        foreach (RotaryTables tables in _rotary.Values)
            tables.Dispose();
    }

    private Tensor Embedding(Graph graph, Indices ids, AttentionPlan plan)
    {
        Tensor tokens = graph.Embedding(_embedTokens, ids, _embeddingScale);
        if (_embedPositions is null)
            return tokens;
        ShapeException.Require(
            plan.LongestSequence <= ContextLength,
            "Embedding", $"position {plan.LongestSequence - 1} is beyond the model's context of {ContextLength} tokens. Shorten the prompt or the completion");
        return tokens + graph.Embedding(_embedPositions, plan.Positions);
    }

    private static Parameter NewParameter(Device device, ExpectedTensor tensor, DType dtype)
    {
        Shape shape = tensor.Shape.Count == 1 ? new Shape((int)tensor.Shape[0])
            : tensor.IsTransposed ? new Shape((int)tensor.Shape[1], (int)tensor.Shape[0])
            : new Shape((int)tensor.Shape[0], (int)tensor.Shape[1]);
        return new Parameter(device, tensor.Name, shape, tensor.Shape.Count == 1 ? ParameterLayout.Plain : ParameterLayout.Panels, dtype);
    }
}
