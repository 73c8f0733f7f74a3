using Cerise.Tensors.Kernels;

namespace Cerise.Tensors.Devices;

internal sealed unsafe partial class CpuDevice<TLanes>
{
    // Logits of a strip of the vocabulary in training and scoring: 4 MB, which stay in the second- and third-level cache until they have been used.
    private const long StripLength = 1 << 20;

    // Rows whose logits are made together: the table is read once for all of them.
    private const int ChunkRows = 1024;

    // Logits held at once, 64 MB, where all strips of some rows are needed before any is finished with: in sampling, and for loss and gradient in one pass.
    private const long HeldLogits = 1 << 24;

    // Logits of a strip in sampling: 1 MB, which the few jobs that read them find in the second-level cache.
    private const long SamplingStripLength = 1 << 18;

    private CpuStorage? _logits;
    private CpuStorage? _blockStatistics;
    private SamplingRow[] _samplingRows = [];

    public override void LmHead(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor logProbs, Tensor entropies, Tensor statistics,
        LowRankTerm? term = null)
    {
        (int rows, int vocab) = (hidden.Shape.Rows, table.Shape.Rows);
        RequireTargets(targets, vocab);
        int chunk = logits is null ? ChunkRows : Math.Max(rows, 1);
        for (int first = 0; first < rows; first += chunk)
        {
            HeadLogits z = HeadLogits.Of(Math.Min(chunk, rows - first), vocab, StripLength, keeps: logits is not null);
            z = z.In(logits is null ? AtLeast(ref _logits, z.Length) : At(logits));
            LmHeadForward(z, first, hidden, table, targets, inverseTemperature, softCap, logProbs, entropies, statistics, term);
        }
        GC.KeepAlive(targets);
    }

    public override void LmHeadBackward(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor? logits, Tensor entropies, Tensor statistics,
        Tensor? gradLogProbs, Tensor? gradEntropies, Tensor? gradHidden, bool accumulate, LowRankTerm? term = null)
    {
        (int rows, int vocab) = (hidden.Shape.Rows, table.Shape.Rows);
        int chunk = logits is null ? ChunkRows : Math.Max(rows, 1);
        for (int first = 0; first < rows; first += chunk)
        {
            HeadLogits z = HeadLogits.Of(Math.Min(chunk, rows - first), vocab, StripLength, keeps: logits is not null);
            z = z.In(logits is null ? AtLeast(ref _logits, z.Length) : At(logits));
            for (int strip = 0; strip < z.Strips; strip++)
            {
                if (logits is null)
                    StripLogits(z, strip, first, hidden, table, softCap, term);
                StripBackward(z, strip, first, hidden, table, targets, inverseTemperature, softCap, entropies, statistics, gradLogProbs, gradEntropies, gradHidden, accumulate, term);
            }
        }
        GC.KeepAlive(targets);
    }

    public override void LmHeadWithGradients(
        Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor gradLogProbs, Tensor logProbs, Tensor entropies, Tensor statistics, Tensor? gradHidden,
        LowRankTerm? term = null)
    {
        (int rows, int vocab) = (hidden.Shape.Rows, table.Shape.Rows);
        RequireTargets(targets, vocab);
        int chunk = (int)Math.Clamp(HeldLogits / vocab, 1, ChunkRows);
        for (int first = 0; first < rows; first += chunk)
        {
            HeadLogits z = HeadLogits.Of(Math.Min(chunk, rows - first), vocab, StripLength, keeps: true);
            z = z.In(AtLeast(ref _logits, z.Length));
            LmHeadForward(z, first, hidden, table, targets, inverseTemperature, softCap, logProbs, entropies, statistics, term);
            for (int strip = 0; strip < z.Strips; strip++)
                StripBackward(z, strip, first, hidden, table, targets, inverseTemperature, softCap, entropies, statistics, gradLogProbs, null, gradHidden, accumulate: false, term);
        }
        GC.KeepAlive(targets);
    }

    public override void SoftCap(Tensor x, float cap) => Cap(x.Shape.Length, At(x), cap);

    public override void Sample(Tensor logits, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs)
    {
        RequireSettings(rows, logits.Shape.Rows, ids.Length, logProbs.Length);
        HeadLogits z = new(At(logits), rows.Length, logits.Shape.Columns, logits.Shape.Columns, keeps: true);
        TakeRows(rows);
        BlockStatistics statistics = SampledStatistics(z, 0);
        Draw(z, statistics, ids, logProbs);
    }

    public override void Sample(Tensor hidden, Parameter table, float softCap, ReadOnlySpan<SamplingRow> rows, Span<int> ids, Span<float> logProbs, LowRankTerm? term = null)
    {
        RequireSettings(rows, hidden.Shape.Rows, ids.Length, logProbs.Length);
        int vocab = table.Shape.Rows;
        int chunk = (int)Math.Max(1, HeldLogits / vocab);
        for (int first = 0; first < rows.Length; first += chunk)
        {
            int count = Math.Min(chunk, rows.Length - first);
            HeadLogits z = HeadLogits.Of(count, vocab, SamplingStripLength, keeps: true);
            z = z.In(AtLeast(ref _logits, z.Length));
            TakeRows(rows.Slice(first, count));
            BlockStatistics statistics = default;
            for (int strip = 0; strip < z.Strips; strip++)
            {
                StripLogits(z, strip, first, hidden, table, softCap, term);
                statistics = SampledStatistics(z, strip);
            }
            Draw(z, statistics, ids[first..], logProbs[first..]);
        }
    }

    private void LmHeadForward(
        HeadLogits z, int first, Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor logProbs, Tensor entropies, Tensor statistics,
        LowRankTerm? term)
    {
        BlockStatistics blocks = new(AtLeast(ref _blockStatistics, BlockStatistics.Length(z.Rows, z.Vocab)), z.Vocab);
        for (int strip = 0; strip < z.Strips; strip++)
        {
            StripLogits(z, strip, first, hidden, table, softCap, term);
            LmHead.Blocks<TLanes> blockJob = new(strip, z, inverseTemperature, blocks, targets.Pointer + first, At(logProbs) + first);
            _team.For(BlockItem.Count(z, strip), ref blockJob);
        }
        LmHead.Forward<TLanes> job = new(z.Rows, inverseTemperature, blocks, At(logProbs) + first, At(entropies) + first, At(statistics) + (2 * first));
        _team.For(Items(z.Rows, Kernels.LmHead.RowsPerItem), ref job);
    }

    // Logits become their gradients, and those are used up while they are in the cache. The products' sums go on from strip to strip, as if there were only one.
    private void StripBackward(
        HeadLogits z, int strip, int first, Tensor hidden, Parameter table, Indices targets, float inverseTemperature, float softCap, Tensor entropies, Tensor statistics,
        Tensor? gradLogProbs, Tensor? gradEntropies, Tensor? gradHidden, bool accumulate, LowRankTerm? term)
    {
        LmHead.Backward<TLanes> job = new(
            strip, z, inverseTemperature, softCap, targets.Pointer + first, At(entropies) + first, At(statistics) + (2 * first),
            gradLogProbs is null ? null : At(gradLogProbs) + first, gradEntropies is null ? null : At(gradEntropies) + first);
        _team.For(Items(z.Rows, Kernels.LmHead.RowsPerItem), ref job);
        int channels = hidden.Shape.Columns;
        nint offset = (nint)first * channels;
        nint panels = (nint)z.First(strip) * channels;
        if (gradHidden is not null)
            ProductBackward(z.Rows, z.Strip(strip), table, z.First(strip), z.Width(strip), At(gradHidden) + offset, accumulate || strip > 0);
        if (table.Trainable)
            MatMul.BackwardWeight<TLanes>(
                _team, z.Rows, channels, z.Width(strip), At(hidden) + offset, z.Strip(strip), At(table.GradientOfProducts) + panels, Scratch(MatMul.ScratchLength));
        if (term is { } added)
            TermBackward(z, strip, first, added);
    }

    private void TermBackward(HeadLogits z, int strip, int first, LowRankTerm term)
    {
        int rank = term.Reduced.Shape.Columns;
        nint offset = (nint)first * rank;
        if (term.GradReduced is { } gradReduced)
            ProductBackward(z.Rows, z.Strip(strip), term.Up, z.First(strip), z.Width(strip), At(gradReduced) + offset, accumulate: strip > 0);
        if (term.Up.Trainable)
            MatMul.BackwardWeight<TLanes>(
                _team, z.Rows, rank, z.Width(strip), At(term.Reduced) + offset, z.Strip(strip), At(term.Up.GradientOfProducts) + ((nint)z.First(strip) * rank), Scratch(MatMul.ScratchLength));
    }

    private void StripLogits(HeadLogits z, int strip, int first, Tensor hidden, Parameter table, float softCap, LowRankTerm? term)
    {
        Product(z.Rows, At(hidden) + ((nint)first * hidden.Shape.Columns), table, z.First(strip), z.Width(strip), null, z.Strip(strip));
        if (term is { } added)
            AddProduct(z.Rows, At(added.Reduced) + ((nint)first * added.Reduced.Shape.Columns), added.Up, z.First(strip), z.Width(strip), z.Strip(strip));
        if (softCap > 0)
            Cap((long)z.Rows * z.Width(strip), z.Strip(strip), softCap);
    }

    private void Cap(long length, float* x, float cap)
    {
        SoftCap.Job<TLanes> job = new(length, x, cap);
        _team.For(Items(length, Kernels.SoftCap.LengthPerItem), ref job);
    }

    private BlockStatistics SampledStatistics(HeadLogits z, int strip)
    {
        BlockStatistics statistics = new(AtLeast(ref _blockStatistics, BlockStatistics.Length(z.Rows, z.Vocab)), z.Vocab);
        SampleRow.Blocks<TLanes> job = new(strip, z, _samplingRows, statistics);
        _team.For(BlockItem.Count(z, strip), ref job);
        return statistics;
    }

    private void Draw(HeadLogits z, BlockStatistics statistics, Span<int> ids, Span<float> logProbs)
    {
        bool plain = true;
        for (int i = 0; i < z.Rows; i++)
            plain &= _samplingRows[i].IsPlain && _samplingRows[i].Top is null;
        fixed (int* id = ids)
        fixed (float* logProb = logProbs)
        {
            SampleRow.Pick<TLanes> job = new(z, _samplingRows, statistics, Scratch(plain ? 0 : SampleRow.ScratchLength(z.Vocab)), id, logProb);
            _team.For(z.Rows, ref job);
        }
    }

    // Jobs read the settings from an array, for they cannot hold a span.
    private void TakeRows(ReadOnlySpan<SamplingRow> rows)
    {
        if (_samplingRows.Length < rows.Length)
            _samplingRows = new SamplingRow[rows.Length];
        rows.CopyTo(_samplingRows);
    }

    private static void RequireTargets(Indices targets, int vocab)
    {
        foreach (int target in targets.Values)
            ShapeException.Require((uint)target < (uint)vocab, "LmHead", $"target id {target} is outside the vocabulary of {vocab}. Does the tokenizer belong to this model?");
    }

    private static void RequireSettings(ReadOnlySpan<SamplingRow> rows, int count, int ids, int logProbs)
    {
        ShapeException.Require(rows.Length == count && ids >= count && logProbs >= count, "Sample", $"{rows.Length} settings, {ids} ids and {logProbs} log-probabilities for {count} rows: give one of each a row");
        for (int i = 0; i < rows.Length; i++)
            if (rows[i].Penalized is null)
                throw new ArgumentException($"row {i} has no settings: begin with new SamplingRow(), not with default", nameof(rows));
    }
}
