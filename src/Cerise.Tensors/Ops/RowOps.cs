using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>Ops over rows and over segments of a packed vector.</summary>
public static class RowOps
{
    /// <summary>y[i] = x[rows[i]].</summary>
    public static Tensor GatherRows(this Tensor x, Indices rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(rows);
        Tensor y = x.Graph.New(new Shape(rows.Count, x.Shape.Columns));
        x.Graph.Device.GatherRows(x, rows, y);
        if (x.Graph.Wants(x))
            x.Graph.Record(new GatherBackprop(x, rows, y), outputs: [y], keeps: []);
        return y;
    }

    /// <summary>The sum of each segment, in order: y[s] = sum of x[offsets[s] .. offsets[s + 1]).</summary>
    /// <param name="x">[tokens].</param>
    /// <param name="offsets">Where segments begin, and at the end the number of tokens.</param>
    /// <returns>[segments].</returns>
    public static Tensor SegmentSum(this Tensor x, Indices offsets)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(offsets);
        ShapeException.Require(offsets.Count > 0 && offsets.Values[^1] == x.Shape.Length, "SegmentSum", $"segments end at {(offsets.Count > 0 ? offsets.Values[^1] : 0)}, the input is {x.Shape}: the last offset is the number of tokens");
        RequireRising(offsets, "SegmentSum");
        Tensor y = x.Graph.New(new Shape(offsets.Count - 1));
        x.Graph.Device.SegmentSum(x, offsets, y);
        if (x.Graph.Wants(x))
            x.Graph.Record(new SegmentSumBackprop(x, offsets, y), outputs: [y], keeps: []);
        return y;
    }

    /// <summary>Each segment's number for each of its tokens: y[i] = x[s] for i in segment s.</summary>
    public static Tensor SegmentBroadcast(this Tensor x, Indices offsets)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(offsets);
        ShapeException.Require(offsets.Count == x.Shape.Length + 1, "SegmentBroadcast", $"{offsets.Count - 1} segments for {x.Shape}: give one more offset than there are numbers");
        RequireRising(offsets, "SegmentBroadcast");
        Tensor y = x.Graph.New(new Shape(offsets.Values[^1]));
        x.Graph.Device.SegmentBroadcast(x, offsets, y, accumulate: false);
        if (x.Graph.Wants(x))
            x.Graph.Record(new SegmentBroadcastBackprop(x, offsets, y), outputs: [y], keeps: []);
        return y;
    }

    /// <summary>The weighted sum of all numbers, in order: how masks and normalizations of a loss are written.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="weights">Constants of the same length: 0 for what does not count.</param>
    /// <returns>One number.</returns>
    public static Tensor Dot(this Tensor x, ReadOnlySpan<float> weights)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor constants = x.Graph.From(weights, x.Shape);
        Tensor y = x.Graph.New(new Shape(1));
        x.Graph.Device.Dot(x, constants, y);
        if (x.Graph.Wants(x))
            x.Graph.Record(new DotBackprop(x, constants, y), outputs: [y], keeps: [constants]);
        return y;
    }

    private static void RequireRising(Indices offsets, string operation)
    {
        ReadOnlySpan<int> values = offsets.Values;
        bool rising = values[0] == 0;
        for (int i = 1; i < values.Length; i++)
            rising &= values[i] >= values[i - 1];
        if (!rising)
            ShapeException.Require(false, operation, $"offsets run {string.Join(", ", values[..Math.Min(8, values.Length)].ToArray())}: they begin with 0 and never fall");
    }

    private readonly struct GatherBackprop(Tensor x, Indices rows, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.GatherRowsBackward(rows, y.Gradient!, graph.GradientOf(x, out bool accumulate), accumulate);
    }

    private readonly struct SegmentSumBackprop(Tensor x, Indices offsets, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.SegmentBroadcast(y.Gradient!, offsets, graph.GradientOf(x, out bool accumulate), accumulate);
    }

    private readonly struct SegmentBroadcastBackprop(Tensor x, Indices offsets, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor sums = graph.New(x.Shape);
            graph.Device.SegmentSum(y.Gradient!, offsets, sums);
            graph.Give(sums, x);
        }
    }

    private readonly struct DotBackprop(Tensor x, Tensor weights, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.ScaleBy(weights, y.Gradient!, graph.GradientOf(x, out bool accumulate), accumulate);
    }
}
