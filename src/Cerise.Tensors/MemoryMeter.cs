namespace Cerise.Tensors;

/// <summary>A device that computes nothing and holds nothing, but counts the memory that a computation would take: what memory plans are made with.</summary>
/// <remarks>
/// Give it to a model, run a step, and read <see cref="PeakBytes"/>: what is counted is the real code's own requests. Every number read is 1. Scratch memory of the
/// kernels is not counted but for the logits held in sampling and in the head's loss, its only part of any size.
/// </remarks>
public sealed class MemoryMeter : Device
{
    private const long HeldLogits = 1 << 24;
    private const int HeldRows = 1024;

    private long _head;
    private long _bytes;
    private long _peak;

    /// <summary>Bytes held now.</summary>
    public long Bytes => _bytes + _head;

    /// <summary>Bytes held at most so far.</summary>
    public long PeakBytes => _peak + _head;

    /// <inheritdoc/>
    public override string Name => "memory meter";

    /// <inheritdoc/>
    public override IReadOnlyList<KernelTime> KernelTimes => [];

    /// <inheritdoc/>
    public override double KernelSeconds => 0;

    /// <inheritdoc/>
    public override void ResetKernelTimes()
    {
    }

    /// <inheritdoc/>
    public override Storage Allocate(long length, DType dtype = DType.Float32)
    {
        _bytes += length * dtype.Size();
        _peak = Math.Max(_peak, _bytes);
        return new Counted(this, length, dtype);
    }

    /// <inheritdoc/>
    public override void LmHead(Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor logProbs, Tensor entropies, Tensor statistics, LowRankTerm? term = null)
    {
    }

    /// <inheritdoc/>
    public override void LmHeadWithGradients(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor gradLogProbs, Tensor logProbs, Tensor entropies, Tensor statistics, Tensor? gradHidden, LowRankTerm? term = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(table);
        Hold(Math.Min(HeldRows, hidden.Shape.Rows), table.Shape.Rows);
    }

    /// <inheritdoc/>
    public override void EmbeddingBackward(Parameter table, Indices ids, float scale, Tensor gradOutput)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.Lookups.SlotsOf(ids);
    }

    /// <inheritdoc/>
    public override void CopyToHost(Tensor source, Span<float> target) => target.Fill(1);

    /// <inheritdoc/>
    public override void GetRows(Storage storage, Parameter layout, int firstRow, Span<float> rowMajor) => rowMajor.Fill(1);

    /// <inheritdoc/>
    public override double SumOfSquares(Storage storage, long length) => length;

    /// <inheritdoc/>
    public override void SoftCap(Tensor x, float cap)
    {
    }

    /// <inheritdoc/>
    public override void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs)
    {
        ids.Fill(1);
        logProbs.Fill(1);
    }

    /// <inheritdoc/>
    public override void Sample(Tensor hidden, Parameter table, float softCap, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs, LowRankTerm? term = null)
    {
        ArgumentNullException.ThrowIfNull(table);
        Hold(rows.Length, table.Shape.Rows);
        ids.Fill(1);
        logProbs.Fill(1);
    }

    /// <inheritdoc/>
    public override void Fill(Storage storage, long offset, long length, float value)
    {
    }

    /// <inheritdoc/>
    public override void Copy(Storage source, long sourceOffset, Storage target, long targetOffset, long length)
    {
    }

    /// <inheritdoc/>
    public override void Copy(Tensor source, Tensor target)
    {
    }

    /// <inheritdoc/>
    public override void ToBfloat16(Tensor source, Storage target, long targetOffset)
    {
    }

    /// <inheritdoc/>
    public override void FromBfloat16(Storage source, long sourceOffset, Tensor target)
    {
    }

    /// <inheritdoc/>
    public override void CopyFromHost(ReadOnlySpan<float> source, Tensor target)
    {
    }

    /// <inheritdoc/>
    public override void SetRows(Storage storage, Parameter layout, int firstRow, ReadOnlySpan<float> rowMajor)
    {
    }

    /// <inheritdoc/>
    public override void CopyFromHost(ReadOnlySpan<float> source, Storage target)
    {
    }

    /// <inheritdoc/>
    public override void Embedding(Parameter table, Indices ids, float scale, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void AddLookups(LookupGradient lookups, Parameter table, Storage gradient)
    {
    }

    /// <inheritdoc/>
    public override void Linear(Tensor x, Parameter weight, Parameter? bias, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void LinearBackwardInput(Tensor gradOutput, Parameter weight, Tensor gradInput, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void LinearBackwardWeight(Tensor x, Tensor gradOutput, Parameter weight)
    {
    }

    /// <inheritdoc/>
    public override void LinearBackwardBias(Tensor gradOutput, Parameter bias)
    {
    }

    /// <inheritdoc/>
    public override void AddLinear(Tensor x, Parameter weight, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void ScaleColumns(Tensor x, Storage factors, Parameter? bias, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void MagnitudeBackward(Tensor gradOutput, Tensor x, Storage norms, Parameter magnitude)
    {
    }

    /// <inheritdoc/>
    public override void AdaptedNorms(Parameter weight, LowRankAdapter adapter, Storage norms, Storage factors)
    {
    }

    /// <inheritdoc/>
    public override void Dropout(Tensor x, AdapterDropout dropout, Tensor y, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void RmsNorm(Tensor x, Tensor? residual, Parameter weight, float offset, float eps, Tensor? sum, Tensor y, Tensor rstd)
    {
    }

    /// <inheritdoc/>
    public override void RmsNormBackward(Tensor input, Parameter weight, float offset, Tensor rstd, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void Rotary(Tensor x, RotaryTable table, Indices positions, int headDim, Tensor y, bool inverse, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void SwiGlu(Tensor gate, Tensor up, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void SwiGluBackward(Tensor gate, Tensor up, Tensor gradOutput, Tensor gradGate, bool accumulateGate, Tensor gradUp, bool accumulateUp)
    {
    }

    /// <inheritdoc/>
    public override void GeGlu(GeluForm form, Tensor gate, Tensor up, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void GeGluBackward(GeluForm form, Tensor gate, Tensor up, Tensor gradOutput, Tensor gradGate, bool accumulateGate, Tensor gradUp, bool accumulateUp)
    {
    }

    /// <inheritdoc/>
    public override void LayerNorm(Tensor x, Tensor? residual, Parameter weight, Parameter bias, float eps, Tensor? sum, Tensor y, Tensor statistics)
    {
    }

    /// <inheritdoc/>
    public override void LayerNormBackward(Tensor input, Parameter weight, Parameter bias, Tensor statistics, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void WriteKeyValues(Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache)
    {
    }

    /// <inheritdoc/>
    public override void Attention(Tensor queries, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp)
    {
    }

    /// <inheritdoc/>
    public override void AttentionBackward(
        Tensor queries, Tensor keys, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp,
        Tensor gradOutput, Tensor gradQueries, Tensor gradKeys, Tensor gradValues)
    {
    }

    /// <inheritdoc/>
    public override void LmHeadBackward(Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor entropies, Tensor statistics, Tensor? gradLogProbs, Tensor? gradEntropies, Tensor? gradHidden, bool accumulate, LowRankTerm? term = null)
    {
    }

    /// <inheritdoc/>
    public override void Unary(UnaryOp op, float p, float q, Tensor x, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void UnaryBackward(UnaryOp op, float p, float q, Tensor x, Tensor y, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void BinaryBackward(BinaryOp op, Tensor a, Tensor b, Tensor gradOutput, bool second, Tensor gradInput, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void GatherRows(Tensor x, Indices rows, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void GatherRowsBackward(Indices rows, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void SegmentSum(Tensor x, Indices offsets, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void SegmentBroadcast(Tensor x, Indices offsets, Tensor y, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void Dot(Tensor x, Tensor weights, Tensor y)
    {
    }

    /// <inheritdoc/>
    public override void ScaleBy(Tensor x, Tensor scale, Tensor y, bool accumulate)
    {
    }

    /// <inheritdoc/>
    public override void AdamW(Parameter parameter, Storage firstMoment, Storage secondMoment, in AdamWStep step)
    {
    }

    /// <inheritdoc/>
    public override void Blend(Storage source, Storage target, long length, float amount)
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }

    private void Hold(int rows, int vocab) => _head = Math.Max(_head, Math.Max(vocab, Math.Min(HeldLogits, (long)rows * vocab)) * sizeof(float));

    private sealed class Counted(MemoryMeter meter, long length, DType dtype) : Storage(meter, length, dtype)
    {
        private bool _isFree;

        protected override void Dispose(bool disposing)
        {
            if (!_isFree)
                meter._bytes -= Length * DType.Size();
            _isFree = true;
        }
    }
}
