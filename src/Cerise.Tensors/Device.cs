using Cerise.Tensors.Numerics;

namespace Cerise.Tensors;

/// <summary>Where numbers live and ops run: the seam between everything above and the machine.</summary>
/// <remarks>
/// Ops are few, coarse and stream-like: each writes its outputs from its inputs, none needs a result on the host to choose what comes next, and contents cross to
/// the host only through the explicit copies. Unless an op says otherwise, parameters' gradients are added to, and activations' gradients are written, or added to
/// when <c>accumulate</c> is true.
/// </remarks>
public abstract class Device : IDisposable
{
    /// <summary>A name for logs, such as "cpu (2 threads, Vector512)".</summary>
    public abstract string Name { get; }

    /// <summary>The CPU.</summary>
    /// <param name="threads">Threads that work; 0 for one a core. Results do not depend on it.</param>
    /// <param name="level">Vector instructions to use; by default the widest this process may use.</param>
    public static Device Cpu(int threads = 0, SimdLevel? level = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        int count = threads == 0 ? Environment.ProcessorCount : threads;
        return (level ?? Simd.Best) switch
        {
            SimdLevel.Vector512 => new Devices.CpuDevice<Lanes512>(count),
            SimdLevel.Vector256 => new Devices.CpuDevice<Lanes256>(count),
            SimdLevel.Vector128 => new Devices.CpuDevice<Lanes128>(count),
            _ => new Devices.CpuDevice<LanesScalar>(count),
        };
    }

    // Memory

    /// <summary>Time spent in each kernel since <see cref="ResetKernelTimes"/>, the costliest first.</summary>
    public abstract IReadOnlyList<KernelTime> KernelTimes { get; }

    /// <summary>Seconds spent in all kernels since <see cref="ResetKernelTimes"/>.</summary>
    public abstract double KernelSeconds { get; }

    /// <summary>Sets the kernels' clock to zero.</summary>
    public abstract void ResetKernelTimes();

    /// <summary>Memory for <paramref name="length"/> numbers, contents undefined.</summary>
    /// <exception cref="OutOfMemoryException">The device has not that much.</exception>
    public abstract Storage Allocate(long length, DType dtype = DType.Float32);

    /// <summary>Sets <paramref name="length"/> numbers from <paramref name="offset"/> on.</summary>
    public abstract void Fill(Storage storage, long offset, long length, float value);

    /// <summary>Copies <paramref name="length"/> numbers from one place to another in memory of the same type.</summary>
    public abstract void Copy(Storage source, long sourceOffset, Storage target, long targetOffset, long length);

    /// <summary>Copies one tensor's numbers into another of the same length.</summary>
    public abstract void Copy(Tensor source, Tensor target);

    /// <summary>Rounds a tensor to bfloat16 (to nearest, ties to even; NaN stays NaN), two numbers in the place of one.</summary>
    public abstract void ToBfloat16(Tensor source, Storage target, long targetOffset);

    /// <summary>Widens what <see cref="ToBfloat16"/> wrote.</summary>
    public abstract void FromBfloat16(Storage source, long sourceOffset, Tensor target);

    /// <summary>Copies a tensor to the host.</summary>
    public abstract void CopyToHost(Tensor source, Span<float> target);

    /// <summary>Copies numbers of the host to a tensor.</summary>
    public abstract void CopyFromHost(ReadOnlySpan<float> source, Tensor target);

    /// <summary>Writes rows of memory that has a parameter's layout, from row-major numbers; those of the parameter itself are rounded to its type.</summary>
    /// <exception cref="OverflowException">A finite number is beyond the range of float16.</exception>
    public abstract void SetRows(Storage storage, Parameter layout, int firstRow, ReadOnlySpan<float> rowMajor);

    /// <summary>Reads rows of memory that has a parameter's layout, row-major.</summary>
    public abstract void GetRows(Storage storage, Parameter layout, int firstRow, Span<float> rowMajor);

    /// <summary>Copies numbers of the host to the start of a memory.</summary>
    public abstract void CopyFromHost(ReadOnlySpan<float> source, Storage target);

    // Layers

    /// <summary>y[i] = scale * table[ids[i]].</summary>
    public abstract void Embedding(Parameter table, Indices ids, float scale, Tensor y);

    /// <summary>Adds row i of <paramref name="gradOutput"/>, times the scale, to the table's <see cref="Parameter.Lookups"/> of row ids[i], in the order of i.</summary>
    public abstract void EmbeddingBackward(Parameter table, Indices ids, float scale, Tensor gradOutput);

    /// <summary>Adds the sums of looked up rows to the rows of memory that has the table's layout.</summary>
    public abstract void AddLookups(LookupGradient lookups, Parameter table, Storage gradient);

    /// <summary>y = x W^T + bias.</summary>
    public abstract void Linear(Tensor x, Parameter weight, Parameter? bias, Tensor y);

    /// <summary>Several linear layers of one input, with the bits of one after the other.</summary>
    public virtual void Linear(Tensor x, ReadOnlySpan<Projection> projections)
    {
        foreach (Projection projection in projections)
            Linear(x, projection.Weight, projection.Bias, projection.Output);
    }

    /// <summary>gradInput (+)= gradOutput W.</summary>
    public abstract void LinearBackwardInput(Tensor gradOutput, Parameter weight, Tensor gradInput, bool accumulate);

    /// <summary>gradWeight += gradOutput^T x, summed over rows in their order.</summary>
    public abstract void LinearBackwardWeight(Tensor x, Tensor gradOutput, Parameter weight);

    /// <summary>gradBias += the columns' sums of gradOutput, in the order of the rows.</summary>
    public abstract void LinearBackwardBias(Tensor gradOutput, Parameter bias);

    // Adapters

    /// <summary>y += x W^T: each sum goes on from what is there.</summary>
    public abstract void AddLinear(Tensor x, Parameter weight, Tensor y);

    /// <summary>y = x * factors + bias (where given), column by column.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="factors">[columns].</param>
    /// <param name="bias">[columns], or null.</param>
    /// <param name="y">[rows, columns]; may be <paramref name="x"/> itself.</param>
    public abstract void ScaleColumns(Tensor x, Storage factors, Parameter? bias, Tensor y);

    /// <summary>gradMagnitude += the sum over rows, in their order, of gradOutput * x / norms: the gradient by DoRA's magnitude.</summary>
    /// <param name="gradOutput">[rows, columns].</param>
    /// <param name="x">The outputs before they were scaled, [rows, columns].</param>
    /// <param name="norms">[columns].</param>
    /// <param name="magnitude">[columns].</param>
    public abstract void MagnitudeBackward(Tensor gradOutput, Tensor x, Storage norms, Parameter magnitude);

    /// <summary>norms = |W + s B A| of each output; factors = magnitude / norms, 1 where there is no magnitude.</summary>
    public abstract void AdaptedNorms(Parameter weight, LowRankAdapter adapter, Storage norms, Storage factors);

    /// <summary>y (+)= x with some numbers set to zero and the others divided by 1 - probability; see <see cref="AdapterDropout"/>.</summary>
    public abstract void Dropout(Tensor x, AdapterDropout dropout, Tensor y, bool accumulate);

    /// <summary>sum = x + residual (where given), y = sum / sqrt(mean(sum^2) + eps) * (weight + offset), by row or, where the weight is narrower, by each part of a row that is as wide.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="residual">[rows, channels], or null.</param>
    /// <param name="weight">[channels], or a divisor of them.</param>
    /// <param name="offset">Added to the weight.</param>
    /// <param name="eps">Added under the root.</param>
    /// <param name="sum">[rows, channels], written where there is a residual.</param>
    /// <param name="y">[rows, channels].</param>
    /// <param name="rstd">Kept for the backward pass, one number a norm: [rows], or [rows, parts].</param>
    public abstract void RmsNorm(Tensor x, Tensor? residual, Parameter weight, float offset, float eps, Tensor? sum, Tensor y, Tensor rstd);

    /// <summary>Gradients of <see cref="RmsNorm"/> by its (summed) input and by the weight.</summary>
    public abstract void RmsNormBackward(Tensor input, Parameter weight, float offset, Tensor rstd, Tensor gradOutput, Tensor gradInput, bool accumulate);

    /// <summary>Rotates pairs (i, i + pairs) of each head by the angle of the row's position; backwards when <paramref name="inverse"/>. Channels behind the pairs stay.</summary>
    /// <param name="x">[tokens, heads * headDim].</param>
    /// <param name="table">Cosines then sines, each [positions, pairs].</param>
    /// <param name="positions">Position of each row.</param>
    /// <param name="headDim">Channels of a head.</param>
    /// <param name="y">Output; may be <paramref name="x"/> itself.</param>
    /// <param name="inverse">Rotate by the negative angle (the gradient's direction).</param>
    /// <param name="accumulate">Add to y.</param>
    public abstract void Rotary(Tensor x, RotaryTable table, Indices positions, int headDim, Tensor y, bool inverse, bool accumulate);

    /// <summary>y = gate * sigmoid(gate) * up.</summary>
    public abstract void SwiGlu(Tensor gate, Tensor up, Tensor y);

    /// <summary>Gradients of <see cref="SwiGlu"/>.</summary>
    public abstract void SwiGluBackward(Tensor gate, Tensor up, Tensor gradOutput, Tensor gradGate, bool accumulateGate, Tensor gradUp, bool accumulateUp);

    /// <summary>y = gelu(gate) * up.</summary>
    public abstract void GeGlu(GeluForm form, Tensor gate, Tensor up, Tensor y);

    /// <summary>Gradients of <see cref="GeGlu"/>.</summary>
    public abstract void GeGluBackward(
        GeluForm form, Tensor gate, Tensor up, Tensor gradOutput, Tensor gradGate, bool accumulateGate, Tensor gradUp, bool accumulateUp);

    /// <summary>sum = x + residual (where given), y = (sum - mean) / sqrt(variance + eps) * weight + bias, by row.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="residual">[rows, channels], or null.</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="eps">Added under the root.</param>
    /// <param name="sum">[rows, channels], written where there is a residual.</param>
    /// <param name="y">[rows, channels].</param>
    /// <param name="statistics">Mean and 1 / sqrt(variance + eps) of each row, [rows, 2]: kept for the backward pass.</param>
    public abstract void LayerNorm(Tensor x, Tensor? residual, Parameter weight, Parameter bias, float eps, Tensor? sum, Tensor y, Tensor statistics);

    /// <summary>Gradients of <see cref="LayerNorm"/> by its (summed) input, by weight and bias.</summary>
    public abstract void LayerNormBackward(
        Tensor input, Parameter weight, Parameter bias, Tensor statistics, Tensor gradOutput, Tensor gradInput, bool accumulate);

    /// <summary>target[row, targetColumn + i] (+)= source[row, sourceColumn + i] for i below <paramref name="columns"/>, in every row.</summary>
    public abstract void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate);

    /// <summary>Writes keys and values of the plan's rows to their places in the cache, those of a continued sequence's part-filled block also to every continuation's.</summary>
    public abstract void WriteKeyValues(Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache);

    /// <summary>Causal grouped-query attention of the plan's rows over the cache.</summary>
    /// <param name="queries">[rows, heads * headDim].</param>
    /// <param name="plan">Which rows belong to which sequence, and where its keys lie.</param>
    /// <param name="cache">Keys and values, those of the rows themselves included.</param>
    /// <param name="settings">What is done with the scores.</param>
    /// <param name="y">[rows, heads * headDim].</param>
    /// <param name="logSumExp">[rows, heads]: kept for the backward pass.</param>
    public abstract void Attention(Tensor queries, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp);

    /// <summary>Writes the rows' keys and values to the cache and attends over it: <see cref="WriteKeyValues"/> and <see cref="Attention"/> in one, with the same bits.</summary>
    /// <param name="queries">[rows, heads * headDim].</param>
    /// <param name="keys">[rows, kvHeads * headDim].</param>
    /// <param name="values">[rows, kvHeads * headDim].</param>
    /// <param name="plan">Which rows belong to which sequence, and where its keys lie.</param>
    /// <param name="cache">Keys and values of earlier rows.</param>
    /// <param name="settings">What is done with the scores.</param>
    /// <param name="y">[rows, heads * headDim].</param>
    /// <param name="logSumExp">[rows, heads].</param>
    public virtual void CachedAttention(
        Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp)
    {
        WriteKeyValues(keys, values, plan, cache);
        Attention(queries, plan, cache, settings, y, logSumExp);
    }

    /// <summary>Gradients of <see cref="Attention"/> over whole sequences and their continuations; written, not added.</summary>
    public abstract void AttentionBackward(
        Tensor queries, Tensor keys, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp,
        Tensor gradOutput, Tensor gradQueries, Tensor gradKeys, Tensor gradValues);

    /// <summary>For each row: the log-probability of its target and the entropy, under softmax(inverseTemperature * cap(hidden W^T)), in chunks of rows.</summary>
    /// <param name="hidden">[rows, channels].</param>
    /// <param name="table">[vocab, channels].</param>
    /// <param name="targets">The token of each row.</param>
    /// <param name="inverseTemperature">1 / temperature.</param>
    /// <param name="softCap">Bounds the logits before the temperature divides them: cap * tanh(logit / cap); 0 for none.</param>
    /// <param name="logits">Where the logits are kept for the backward pass, [rows, vocab] numbers in the device's own order; null: they are computed again there.</param>
    /// <param name="logProbs">[rows], nats.</param>
    /// <param name="entropies">[rows], nats.</param>
    /// <param name="statistics">[rows, 2], kept for the backward pass: the largest z of each row, with z the (capped) logits times inverseTemperature, and ln of the sum of e^(z - largest).</param>
    /// <param name="term">What the table's adapter adds to the logits; null for nothing.</param>
    public abstract void LmHead(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor logProbs, Tensor entropies, Tensor statistics, LowRankTerm? term = null);

    /// <summary>Gradients of <see cref="LmHead"/> by the hidden rows, the table and its adapter's term. Overwrites kept <paramref name="logits"/>.</summary>
    public abstract void LmHeadBackward(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor entropies, Tensor statistics,
        Tensor? gradLogProbs, Tensor? gradEntropies, Tensor? gradHidden, bool accumulate, LowRankTerm? term = null);

    /// <summary><see cref="LmHead"/> and <see cref="LmHeadBackward"/> in one pass over the logits, for gradients that are known beforehand; the same bits as one after the other.</summary>
    /// <param name="hidden">[rows, channels].</param>
    /// <param name="table">[vocab, channels]; its gradient is added to, if it is trainable.</param>
    /// <param name="targets">The token of each row.</param>
    /// <param name="inverseTemperature">1 / temperature.</param>
    /// <param name="softCap">Bounds the logits before the temperature divides them: cap * tanh(logit / cap); 0 for none.</param>
    /// <param name="gradLogProbs">The loss's gradient by each row's log-probability, [rows].</param>
    /// <param name="logProbs">[rows], nats.</param>
    /// <param name="entropies">[rows], nats.</param>
    /// <param name="statistics">[rows, 2], as in <see cref="LmHead"/>.</param>
    /// <param name="gradHidden">Written, [rows, channels]; null where the hidden states want none.</param>
    /// <param name="term">What the table's adapter adds to the logits; null for nothing.</param>
    public abstract void LmHeadWithGradients(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor gradLogProbs, Tensor logProbs, Tensor entropies, Tensor statistics, Tensor? gradHidden,
        LowRankTerm? term = null);

    /// <summary>logits = hidden W^T.</summary>
    public void Logits(Tensor hidden, Parameter table, Tensor logits) => Linear(hidden, table, null, logits);

    /// <summary>x = cap * tanh(x / cap), in place.</summary>
    public abstract void SoftCap(Tensor x, float cap);

    /// <summary>Draws a token for each row of logits; see <see cref="SamplingRow"/>.</summary>
    /// <param name="logits">[rows, vocab].</param>
    /// <param name="rows">How each row is drawn.</param>
    /// <param name="ids">The tokens drawn.</param>
    /// <param name="logProbs">Their log-probabilities under the untruncated distribution at the row's temperature (at 1 where it is 0).</param>
    /// <exception cref="ArgumentException">A row is <c>default</c>.</exception>
    /// <exception cref="ArithmeticException">A row's logits hold NaN.</exception>
    public abstract void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs);

    /// <summary>Draws the token that follows each row of hidden states: <see cref="Logits"/> and <see cref="Sample(Tensor, ReadOnlySpan{SamplingRow}, Span{int}, Span{float})"/> in one, with the same result, strip by strip of the vocabulary while the logits are in the cache.</summary>
    /// <param name="hidden">[rows, channels].</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="softCap">Bounds the logits, as in <see cref="LmHead"/>; 0 for none.</param>
    /// <param name="rows">How each row is drawn.</param>
    /// <param name="ids">The tokens drawn.</param>
    /// <param name="logProbs">Their log-probabilities under the untruncated distribution at the row's temperature (at 1 where it is 0).</param>
    /// <param name="term">What the table's adapter adds to the logits; null for nothing.</param>
    /// <remarks>After the first call with so many rows nothing is allocated.</remarks>
    /// <exception cref="ArgumentException">A row is <c>default</c>.</exception>
    /// <exception cref="ArithmeticException">A row's logits hold NaN.</exception>
    public abstract void Sample(Tensor hidden, Parameter table, float softCap, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs, LowRankTerm? term = null);

    // Element-wise, rows and segments

    /// <summary>y = f(x), see <see cref="UnaryOp"/>.</summary>
    public abstract void Unary(UnaryOp op, float p, float q, Tensor x, Tensor y);

    /// <summary>gradInput (+)= gradOutput * f'(x).</summary>
    public abstract void UnaryBackward(UnaryOp op, float p, float q, Tensor x, Tensor y, Tensor gradOutput, Tensor gradInput, bool accumulate);

    /// <summary>y = f(a, b), see <see cref="BinaryOp"/>.</summary>
    public abstract void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y);

    /// <summary>gradInput (+)= gradOutput * df/da, or df/db when <paramref name="second"/>.</summary>
    public abstract void BinaryBackward(BinaryOp op, Tensor a, Tensor b, Tensor gradOutput, bool second, Tensor gradInput, bool accumulate);

    /// <summary>y[i] = x[rows[i]].</summary>
    public abstract void GatherRows(Tensor x, Indices rows, Tensor y);

    /// <summary>gradInput[rows[i]] += gradOutput[i] in the order of i; gradInput is cleared first unless <paramref name="accumulate"/>.</summary>
    public abstract void GatherRowsBackward(Indices rows, Tensor gradOutput, Tensor gradInput, bool accumulate);

    /// <summary>y[s] = the sum of x over [offsets[s], offsets[s + 1]), in order.</summary>
    public abstract void SegmentSum(Tensor x, Indices offsets, Tensor y);

    /// <summary>y[i] (+)= x[s] for i in [offsets[s], offsets[s + 1]).</summary>
    public abstract void SegmentBroadcast(Tensor x, Indices offsets, Tensor y, bool accumulate);

    /// <summary>y[0] = the sum of x[i] * weights[i], in order, in float64 inside.</summary>
    public abstract void Dot(Tensor x, Tensor weights, Tensor y);

    /// <summary>y (+)= scale[0] * x.</summary>
    public abstract void ScaleBy(Tensor x, Tensor scale, Tensor y, bool accumulate);

    // Optimizer

    /// <summary>The sum of the squares of <paramref name="length"/> numbers, in fixed chunks combined in order, in float64.</summary>
    public abstract double SumOfSquares(Storage storage, long length);

    /// <summary>One AdamW step (Loshchilov and Hutter 2019, arXiv:1711.05101) on a parameter; its gradient is set to zero in the same pass.</summary>
    /// <remarks>theta -= lr * wd * theta; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; theta -= lr * (m / c1) / (sqrt(v / c2) + eps), with g = gradient * gradScale.</remarks>
    public abstract void AdamW(Parameter parameter, Storage firstMoment, Storage secondMoment, in AdamWStep step);

    /// <summary>target = target + amount * (source - target), element by element: a copy when amount is 1.</summary>
    public abstract void Blend(Storage source, Storage target, long length, float amount);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops the device's threads and frees its scratch memory.</summary>
    protected abstract void Dispose(bool disposing);
}
