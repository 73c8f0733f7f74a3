using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The language-model head: per-token log-probabilities and entropies without the [tokens, vocab] logits.</summary>
public static class LmHeadOp
{
    /// <summary>Logits are kept for the backward pass up to this many numbers (64 MB), else computed again chunk by chunk.</summary>
    private const long KeptLogits = 1 << 24;

    /// <summary>For each row, log softmax(hidden W^T / temperature) at its target, and the entropy.</summary>
    /// <param name="hidden">[rows, channels]: final hidden states of the positions before the targets.</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="targets">The token that follows each row.</param>
    /// <param name="temperature">Divides the logits; the sampling temperature, so that trained and sampled distributions are one.</param>
    /// <returns>Log-probabilities and entropies, [rows] each, in nats.</returns>
    /// <exception cref="ShapeException">Widths or counts differ, a target is outside the table, the temperature is not above 0, or the table is not in panels.</exception>
    public static (Tensor LogProbs, Tensor Entropies) LmHead(this Tensor hidden, Parameter table, Indices targets, float temperature = 1)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(targets);
        ShapeException.Require(hidden.Shape.Columns == table.Shape.Columns && targets.Count == hidden.Shape.Rows, "LmHead", $"hidden states {hidden.Shape} and {targets.Count} targets for a table {table.Shape}: give one target a row, and the head of a model as wide as the states");
        ShapeException.Require(temperature > 0, "LmHead", $"temperature {temperature} is not above 0: score at the temperature of sampling, or at 1 where that was greedy");
        table.RequirePanels("LmHead", "a product");
        Graph graph = hidden.Graph;
        Shape rows = new(hidden.Shape.Rows);
        Tensor logProbs = graph.New(rows);
        Tensor entropies = graph.New(rows);
        Tensor statistics = graph.New(new Shape(rows.Rows, 2));
        bool record = graph.Wants(hidden) || (graph.Recording && table.Trainable);
        Tensor? logits = record && (long)rows.Rows * table.Shape.Rows <= KeptLogits ? graph.New(new Shape(rows.Rows, table.Shape.Rows)) : null;
        float inverseTemperature = 1 / temperature;
        graph.Device.LmHead(hidden, table, targets, inverseTemperature, logits, logProbs, entropies, statistics);
        if (record)
        {
            Backprop op = new(hidden, table, targets, inverseTemperature, logits, statistics, logProbs, entropies);
            ReadOnlySpan<Tensor> outputs = [logProbs, entropies];
            if (logits is null)
                graph.Record(op, outputs, keeps: [hidden, entropies, statistics]);
            else
                graph.Record(op, outputs, keeps: [hidden, entropies, statistics, logits]);
        }
        return (logProbs, entropies);
    }

    /// <summary>logits = hidden W^T, [rows, vocab], for sampling.</summary>
    public static Tensor Logits(this Tensor hidden, Parameter table)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(table);
        ShapeException.Require(hidden.Shape.Columns == table.Shape.Columns, "Logits", $"hidden states are {hidden.Shape}, the table '{table.Name}' is {table.Shape}: take the head of a model as wide as the states");
        table.RequirePanels("Logits", "a product");
        Tensor logits = hidden.Graph.New(new Shape(hidden.Shape.Rows, table.Shape.Rows));
        hidden.Graph.Device.Logits(hidden, table, logits);
        return logits;
    }

    private readonly struct Backprop(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, Tensor? logits, Tensor statistics, Tensor logProbs, Tensor entropies) : IBackprop
    {
        public void Backward(Graph graph)
        {
            bool accumulate = false;
            Tensor? gradHidden = graph.Wants(hidden) ? graph.GradientOf(hidden, out accumulate) : null;
            graph.Device.LmHeadBackward(
                hidden, table, targets, inverseTemperature, logits, entropies, statistics, logProbs.Gradient, entropies.Gradient, gradHidden, accumulate);
        }
    }
}
