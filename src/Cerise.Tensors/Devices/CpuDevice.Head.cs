using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Devices;

internal sealed unsafe partial class CpuDevice<TLanes>
{
    /// <summary>Logits held at once by the chunked head: 64 MB.</summary>
    private const long LogitsBudget = 1 << 24;

    public override void LmHead(Tensor hidden, Parameter table, Indices targets, float inverseTemperature, Tensor? logits, Tensor logProbs, Tensor entropies, Tensor statistics)
    {
        (int rows, int channels, int vocab) = (hidden.Shape.Rows, hidden.Shape.Columns, table.Shape.Rows);
        foreach (int target in targets.Values)
            ShapeException.Require((uint)target < (uint)vocab, "LmHead", $"target id {target} is outside the vocabulary of {vocab}. Does the tokenizer belong to this model?");
        int chunk = logits is null ? ChunkRows(rows, vocab) : Math.Max(rows, 1);
        for (int first = 0; first < rows; first += chunk)
        {
            int count = Math.Min(chunk, rows - first);
            float* z = logits is null ? ChunkLogits(chunk, vocab) : At(logits);
            MatMul.Forward<TLanes>(_team, count, channels, vocab, At(hidden) + ((nint)first * channels), At(table.Value), null, z);
            LmHead.Forward<TLanes> job = new(count, vocab, inverseTemperature, z, targets.Pointer + first, At(logProbs) + first, At(entropies) + first, At(statistics) + (2 * first));
            _team.For(Items(count, Kernels.LmHead.RowsPerItem), ref job);
        }
        GC.KeepAlive(targets);
    }

    public override void LmHeadBackward(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, Tensor? logits, Tensor entropies, Tensor statistics,
        Tensor? gradLogProbs, Tensor? gradEntropies, Tensor? gradHidden, bool accumulate)
    {
        (int rows, int channels, int vocab) = (hidden.Shape.Rows, hidden.Shape.Columns, table.Shape.Rows);
        int chunk = logits is null ? ChunkRows(rows, vocab) : Math.Max(rows, 1);
        for (int first = 0; first < rows; first += chunk)
        {
            int count = Math.Min(chunk, rows - first);
            float* x = At(hidden) + ((nint)first * channels);
            float* z = logits is null ? ChunkLogits(chunk, vocab) : At(logits);
            if (logits is null)
                MatMul.Forward<TLanes>(_team, count, channels, vocab, x, At(table.Value), null, z);
            LmHead.Backward<TLanes> job = new(
                count, vocab, inverseTemperature, z, targets.Pointer + first, At(entropies) + first, At(statistics) + (2 * first),
                gradLogProbs is null ? null : At(gradLogProbs) + first, gradEntropies is null ? null : At(gradEntropies) + first);
            _team.For(Items(count, Kernels.LmHead.RowsPerItem), ref job);
            if (gradHidden is not null)
                MatMul.BackwardInput<TLanes>(
                    _team, count, channels, vocab, z, At(table.Value), At(gradHidden) + ((nint)first * channels), accumulate, Scratch(MatMul.ScratchLength));
            if (table.Trainable)
                MatMul.BackwardWeight<TLanes>(_team, count, channels, vocab, x, z, At(table.GradientOfProducts), Scratch(MatMul.ScratchLength));
        }
        GC.KeepAlive(targets);
    }

    public override void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs)
    {
        ShapeException.Require(rows.Length == logits.Shape.Rows && ids.Length >= rows.Length && logProbs.Length >= rows.Length, "Sample", $"{rows.Length} settings for {logits.Shape} logits");
        Indices drawn = new(new int[rows.Length]);
        fixed (float* logProb = logProbs)
        {
            SampleJob job = new(rows.ToArray(), logits.Shape.Columns, At(logits), drawn.Pointer, logProb);
            _team.For(rows.Length, ref job);
        }
        drawn.Values.CopyTo(ids);
        GC.KeepAlive(drawn);
    }

    private static int ChunkRows(int rows, int vocab) => (int)Math.Clamp(LogitsBudget / vocab, 1, Math.Max(rows, 1));

    private float* ChunkLogits(int rows, int vocab) => AtLeast(ref _logits, (long)rows * vocab);

    private readonly struct SampleJob(SamplingRow[] rows, int vocab, float* logits, int* ids, float* logProbs) : IJob
    {
        public void Run(int item, int worker) => (ids[item], logProbs[item]) = SampleRow.Draw<TLanes>(logits + ((nint)item * vocab), vocab, rows[item]);
    }
}
