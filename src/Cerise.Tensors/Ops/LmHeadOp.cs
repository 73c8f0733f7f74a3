using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The language-model head: per-token log-probabilities and entropies without the [tokens, vocab] logits.</summary>
public static class LmHeadOp
{
    /// <summary>Logits are kept for the backward pass up to this many numbers (64 MB), else computed again chunk by chunk.</summary>
    private const long KeptLogits = 1 << 24;

    /// <summary>For each row, log softmax(cap(hidden W^T) / temperature) at its target, and the entropy.</summary>
    /// <remarks>
    /// For losses whose gradient by a log-probability is known only after the forward pass: clipped ratios, preferences, penalties. Their backward pass needs the
    /// logits again, so these are kept where they are few and else made a second time. Where the weights are known beforehand, <see cref="LmHeadLoss"/> makes them once.
    /// </remarks>
    /// <param name="hidden">[rows, channels]: final hidden states of the positions before the targets.</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="targets">The token that follows each row.</param>
    /// <param name="temperature">Divides the logits; the sampling temperature, so that trained and sampled distributions are one.</param>
    /// <param name="softCap">Bounds the logits before that: softCap * tanh(logit / softCap) (Gemma 2, arXiv:2408.00118, section 2); 0 (default) for none.</param>
    /// <returns>Log-probabilities and entropies, [rows] each, in nats.</returns>
    /// <exception cref="ShapeException">Widths or counts differ, a target is outside the table, the temperature is not above 0, the cap is negative, or the table is not in panels.</exception>
    public static (Tensor LogProbs, Tensor Entropies) LmHead(this Tensor hidden, Parameter table, Indices targets, float temperature = 1, float softCap = 0)
    {
        Check(hidden, table, targets, temperature, softCap);
        Graph graph = hidden.Graph;
        LowRankTerm? term = Term(hidden, table);
        bool record = IsRecorded(hidden, table, term);
        Shape rows = new(hidden.Shape.Rows);
        Tensor logProbs = graph.New(rows);
        Tensor entropies = graph.New(rows);
        Tensor statistics = graph.New(new Shape(rows.Rows, 2));
        Tensor? logits = record && (long)rows.Rows * table.Shape.Rows <= KeptLogits ? graph.New(new Shape(rows.Rows, table.Shape.Rows)) : null;
        float inverseTemperature = 1 / temperature;
        graph.Device.LmHead(hidden, table, targets, inverseTemperature, softCap, logits, logProbs, entropies, statistics, term);
        if (record)
        {
            Backprop op = new(hidden, table, targets, inverseTemperature, softCap, logits, statistics, logProbs, entropies, term);
            Tensor last = term?.Reduced ?? statistics;
            ReadOnlySpan<Tensor> outputs = [logProbs, entropies];
            if (logits is null)
                graph.Record(op, outputs, keeps: [hidden, entropies, statistics, last]);
            else
                graph.Record(op, outputs, keeps: [hidden, entropies, statistics, last, logits]);
        }
        return (logProbs, entropies);
    }

    /// <summary>loss = - sum over rows of weights[i] log softmax(cap(hidden W^T) / temperature)[targets[i]], and its gradient, with each logit made once.</summary>
    /// <remarks>
    /// Chunk by chunk of rows the logits are made, used for the loss, turned into their gradients and used up, so [rows, vocab] never exists and nothing is computed
    /// twice. The price: the table's gradient is added to here, in the forward pass of a graph that records, and not in <see cref="Graph.Backward"/>. So follow it with
    /// <see cref="Graph.Backward"/> of this loss or of a sum of it with others, once, and let the weights carry every factor (1 / N, masks): a backward pass that
    /// reaches the loss with another gradient than 1 is refused. Bits are those of <see cref="LmHead"/> and a weighted sum.
    /// </remarks>
    /// <param name="hidden">[rows, channels]: final hidden states of the positions before the targets.</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="targets">The token that follows each row.</param>
    /// <param name="weights">What each row counts; 1 / N for a mean, 0 for a row that does not count.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <param name="softCap">Bounds the logits before that: softCap * tanh(logit / softCap) (Gemma 2, arXiv:2408.00118, section 2); 0 (default) for none.</param>
    /// <returns>The loss, one number; for metrics, through which no gradient flows: log-probabilities and entropies, [rows] each, in nats, and [rows, 2] the largest logit and ln of the sum
    /// of e^(logit - largest), so that minus the second is the log-probability of the likeliest token.</returns>
    /// <exception cref="ShapeException">Widths or counts differ, a target is outside the table, the temperature is not above 0, the cap is negative, or the table is not in panels.</exception>
    public static (Tensor Loss, Tensor LogProbs, Tensor Entropies, Tensor Statistics) LmHeadLoss(this Tensor hidden, Parameter table, Indices targets, ReadOnlySpan<float> weights, float temperature = 1, float softCap = 0)
    {
        Check(hidden, table, targets, temperature, softCap);
        ShapeException.Require(weights.Length == targets.Count, "LmHeadLoss", $"{weights.Length} weights for {targets.Count} targets: give one a row");
        Graph graph = hidden.Graph;
        Shape rows = new(hidden.Shape.Rows);
        Tensor slopes = graph.From(weights, rows);
        graph.Device.Unary(UnaryOp.Affine, -1, 0, slopes, slopes);                      // dloss / dlogProb
        Tensor logProbs = graph.New(rows);
        Tensor entropies = graph.New(rows);
        Tensor statistics = graph.New(new Shape(rows.Rows, 2));
        LowRankTerm? term = Term(hidden, table);
        Tensor? gradHidden = graph.Wants(hidden) ? graph.New(hidden.Shape) : null;
        if (term is { } added && graph.Wants(added.Reduced))
            term = added with { GradReduced = graph.New(added.Reduced.Shape) };
        if (IsRecorded(hidden, table, term))
            graph.Device.LmHeadWithGradients(hidden, table, targets, 1 / temperature, softCap, slopes, logProbs, entropies, statistics, gradHidden, term);
        else
            graph.Device.LmHead(hidden, table, targets, 1 / temperature, softCap, null, logProbs, entropies, statistics, term);
        Tensor loss = graph.New(new Shape(1));
        graph.Device.Dot(logProbs, slopes, loss);
        Tensor? gradReduced = term?.GradReduced;
        if ((gradHidden ?? gradReduced) is { } any)
            graph.Record(new LossBackprop(hidden, gradHidden, term?.Reduced, gradReduced, loss), outputs: [loss], keeps: [gradHidden ?? any, gradReduced ?? any]);
        return (loss, logProbs, entropies, statistics);
    }

    /// <summary>logits = cap(hidden W^T), [rows, vocab], for sampling.</summary>
    /// <param name="hidden">[rows, channels].</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="softCap">Bounds the logits; 0 (default) for none.</param>
    public static Tensor Logits(this Tensor hidden, Parameter table, float softCap = 0)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(table);
        ShapeException.Require(hidden.Shape.Columns == table.Shape.Columns, "Logits", $"hidden states are {hidden.Shape}, the table '{table.Name}' is {table.Shape}: take the head of a model as wide as the states");
        RequireCap("Logits", softCap);
        table.RequirePanels("Logits", "a product");
        Tensor logits = hidden.Graph.New(new Shape(hidden.Shape.Rows, table.Shape.Rows));
        hidden.Graph.Device.Logits(hidden, table, logits);
        if (Term(hidden, table) is { } term)
            hidden.Graph.Device.AddLinear(term.Reduced, term.Up, logits);
        if (softCap > 0)
            hidden.Graph.Device.SoftCap(logits, softCap);
        return logits;
    }

    /// <summary>Draws the token that follows each row of hidden states; see <see cref="Device.Sample(Tensor, Parameter, float, ReadOnlySpan{SamplingRow}, Span{int}, Span{float}, LowRankTerm?)"/>.</summary>
    public static void Sample(this Tensor hidden, Parameter table, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs, float softCap = 0)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(table);
        RequireCap("Sample", softCap);
        hidden.Graph.Device.Sample(hidden, table, softCap, rows, ids, logProbs, Term(hidden, table));
    }

    // What the head's adapter adds to the logits.
    private static LowRankTerm? Term(Tensor hidden, Parameter table)
    {
        if (table.Adapter is not { } adapter)
            return null;
        ShapeException.Require(adapter.Magnitude is null, "LmHead", $"'{table.Name}' has an adapter with a magnitude, which the head does not take: adapt it without DoRA");
        return new LowRankTerm(hidden.Reduce(adapter), adapter.Up);
    }

    private static bool IsRecorded(Tensor hidden, Parameter table, LowRankTerm? term) =>
        hidden.Graph.Wants(hidden) || (hidden.Graph.Recording && table.Trainable)
        || (term is { } added && (hidden.Graph.Wants(added.Reduced) || (hidden.Graph.Recording && added.Up.Trainable)));

    private static void Check(Tensor hidden, Parameter table, Indices targets, float temperature, float softCap)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(targets);
        ShapeException.Require(hidden.Shape.Columns == table.Shape.Columns && targets.Count == hidden.Shape.Rows, "LmHead", $"hidden states {hidden.Shape} and {targets.Count} targets for a table {table.Shape}: give one target a row, and the head of a model as wide as the states");
        ShapeException.Require(temperature > 0, "LmHead", $"temperature {temperature} is not above 0: score at the temperature of sampling, or at 1 where that was greedy");
        RequireCap("LmHead", softCap);
        table.RequirePanels("LmHead", "a product");
    }

    private static void RequireCap(string operation, float softCap) =>
        ShapeException.Require(softCap >= 0 && float.IsFinite(softCap), operation, $"the soft cap is {softCap}: give the bound of the logits, or 0 for none");

    private readonly struct LossBackprop(Tensor hidden, Tensor? gradHidden, Tensor? reduced, Tensor? gradReduced, Tensor loss) : IBackprop
    {
        public void Backward(Graph graph)
        {
            float scale = loss.Gradient!.Item();
            if (scale != 1)
                throw new InvalidOperationException($"the gradient by LmHeadLoss is {scale}, but its gradients were made for 1 in the forward pass: put the factor into its weights");
            if (gradHidden is not null)
                graph.Give(gradHidden, hidden);
            if (gradReduced is not null)
                graph.Give(gradReduced, reduced!);
        }
    }

    private readonly struct Backprop(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor statistics, Tensor logProbs, Tensor entropies, LowRankTerm? term)
        : IBackprop
    {
        public void Backward(Graph graph)
        {
            bool accumulate = false;
            Tensor? gradHidden = graph.Wants(hidden) ? graph.GradientOf(hidden, out accumulate) : null;
            LowRankTerm? added = term;
            if (added is { } some && graph.Wants(some.Reduced))
                added = some with { GradReduced = graph.New(some.Reduced.Shape) };
            graph.Device.LmHeadBackward(
                hidden, table, targets, inverseTemperature, softCap, logits, entropies, statistics, logProbs.Gradient, entropies.Gradient, gradHidden, accumulate, added);
            if (added is { GradReduced: { } gradReduced } done)
                graph.Give(gradReduced, done.Reduced);
        }
    }
}
