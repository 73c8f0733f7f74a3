using Cerise.Tensors.Kernels;

namespace Cerise.Tensors.Devices;

internal sealed unsafe partial class CpuDevice<TLanes>
{
    private readonly DecodeSchedule _schedule = new();

    public override void Embedding(Parameter table, Indices ids, float scale, Tensor y)
    {
        foreach (int id in ids.Values)
            ShapeException.Require((uint)id < (uint)table.Shape.Rows, "Embedding", $"token id {id} is outside the vocabulary of {table.Shape.Rows}. Does the tokenizer belong to this model?");
        LookUp(table, ids, scale, y);
        GC.KeepAlive(ids);
    }

    public override void EmbeddingBackward(Parameter table, Indices ids, float scale, Tensor gradOutput)
    {
        if (ids.Count == 0)
            return;
        LookupGradient lookups = table.Lookups;
        fixed (int* slots = lookups.SlotsOf(ids))
        {
            Embedding.Backward job = new(ids.Count, table.Shape.Columns, At(lookups.Sums!), slots, scale, At(gradOutput));
            _team.For(Items(table.Shape.Columns, Kernels.Embedding.ChannelsPerItem), ref job);
        }
    }

    public override void AddLookups(LookupGradient lookups, Parameter table, Storage gradient)
    {
        if (lookups.Count == 0)
            return;
        fixed (int* rows = lookups.Rows)
        {
            Embedding.AddSums job = new(lookups.Count, table.Shape.Columns, At(gradient), rows, At(lookups.Sums!));
            _team.For(Items(table.Shape.Columns, Kernels.Embedding.ChannelsPerItem), ref job);
        }
    }

    public override void Linear(Tensor x, Parameter weight, Parameter? bias, Tensor y) =>
        Product(x.Shape.Rows, At(x), weight, 0, weight.Shape.Rows, bias is null ? null : At(bias.Value), At(y));

    public override void Linear(Tensor x, ReadOnlySpan<Projection> projections)
    {
        LinearProduct* products = stackalloc LinearProduct[projections.Length];
        for (int i = 0; i < projections.Length; i++)
        {
            (Parameter weight, Parameter? bias, Tensor y) = projections[i];
            if (weight.Value.DType != projections[0].Weight.Value.DType)
            {
                base.Linear(x, projections);
                return;
            }
            products[i] = new LinearProduct(PanelsAt(weight, 0), bias is null ? null : At(bias.Value), At(y), weight.Shape.Rows);
        }
        Products(x.Shape.Rows, x.Shape.Columns, At(x), projections[0].Weight.Value.DType, products, projections.Length);
    }

    public override void LinearBackwardInput(Tensor gradOutput, Parameter weight, Tensor gradInput, bool accumulate) =>
        ProductBackward(gradOutput.Shape.Rows, At(gradOutput), weight, 0, weight.Shape.Rows, At(gradInput), accumulate);

    public override void LinearBackwardWeight(Tensor x, Tensor gradOutput, Parameter weight) =>
        MatMul.BackwardWeight<TLanes>(_team, x.Shape.Rows, weight.Shape.Columns, weight.Shape.Rows, At(x), At(gradOutput), At(weight.GradientOfProducts), Scratch(MatMul.ScratchLength));

    public override void LinearBackwardBias(Tensor gradOutput, Parameter bias)
    {
        ColumnSum<TLanes> job = new(gradOutput.Shape.Rows, gradOutput.Shape.Columns, At(gradOutput), At(bias.Gradient!));
        _team.For(Items(gradOutput.Shape.Columns, 16), ref job);
    }

    public override void RmsNorm(Tensor x, Tensor? residual, Parameter weight, float offset, float eps, Tensor? sum, Tensor y, Tensor rstd)
    {
        (int rows, int channels) = ((int)rstd.Shape.Length, weight.Shape.Rows);
        RmsNorm.Forward<TLanes> job = new(
            rows, channels, eps, At(x), At(residual, residual is not null), At(weight.Value), offset, At(sum, sum is not null), At(y), At(rstd));
        _team.For(Items(rows, Kernels.RmsNorm.RowsPerItem), ref job);
    }

    public override void RmsNormBackward(Tensor input, Parameter weight, float offset, Tensor rstd, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
        (int rows, int channels) = ((int)rstd.Shape.Length, weight.Shape.Rows);
        RmsNorm.BackwardInput<TLanes> job = new(rows, channels, At(input), At(weight.Value), offset, At(rstd), At(gradOutput), At(gradInput), accumulate);
        _team.For(Items(rows, Kernels.RmsNorm.RowsPerItem), ref job);
        if (!weight.Trainable)
            return;
        RmsNorm.BackwardWeight<TLanes> weightJob = new(rows, channels, At(input), At(rstd), At(gradOutput), At(weight.Gradient!));
        _team.For(Items(channels, 16), ref weightJob);
    }

    public override void Rotary(Tensor x, RotaryTable table, Indices positions, int headDim, Tensor y, bool inverse, bool accumulate)
    {
        foreach (int position in positions.Values)
            ShapeException.Require((uint)position < (uint)table.Positions, "Rotary", $"position {position} is beyond the model's context of {table.Positions} tokens. Shorten the prompt or the completion");
        float* cosines = At(table.Values);
        Rotary<TLanes> job = new(
            x.Shape.Rows, x.Shape.Columns / headDim, headDim, table.Pairs, At(x), cosines, cosines + ((nint)table.Positions * table.Pairs), positions.Pointer, At(y), inverse, accumulate);
        _team.For(Items(x.Shape.Rows, Rotary<TLanes>.RowsPerItem), ref job);
        GC.KeepAlive(positions);
    }

    public override void SwiGlu(Tensor gate, Tensor up, Tensor y)
    {
        SwiGlu.Forward<TLanes> job = new(gate.Shape.Length, At(gate), At(up), At(y));
        _team.For(Items(gate.Shape.Length, Kernels.SwiGlu.LengthPerItem), ref job);
    }

    public override void SwiGluBackward(Tensor gate, Tensor up, Tensor gradOutput, Tensor gradGate, bool accumulateGate, Tensor gradUp, bool accumulateUp)
    {
        SwiGlu.Backward<TLanes> job = new(gate.Shape.Length, At(gate), At(up), At(gradOutput), At(gradGate), accumulateGate, At(gradUp), accumulateUp);
        _team.For(Items(gate.Shape.Length, Kernels.SwiGlu.LengthPerItem), ref job);
    }

    public override void GeGlu(GeluForm form, Tensor gate, Tensor up, Tensor y)
    {
        GeGlu.Forward<TLanes> job = new(form, gate.Shape.Length, At(gate), At(up), At(y));
        _team.For(Items(gate.Shape.Length, Kernels.GeGlu.LengthPerItem), ref job);
    }

    public override void GeGluBackward(GeluForm form, Tensor gate, Tensor up, Tensor gradOutput, Tensor gradGate, bool accumulateGate, Tensor gradUp, bool accumulateUp)
    {
        GeGlu.Backward<TLanes> job = new(form, gate.Shape.Length, At(gate), At(up), At(gradOutput), At(gradGate), accumulateGate, At(gradUp), accumulateUp);
        _team.For(Items(gate.Shape.Length, Kernels.GeGlu.LengthPerItem), ref job);
    }

    public override void LayerNorm(Tensor x, Tensor? residual, Parameter weight, Parameter bias, float eps, Tensor? sum, Tensor y, Tensor statistics)
    {
        LayerNorm.Forward<TLanes> job = new(
            x.Shape.Rows, x.Shape.Columns, eps, At(x), At(residual, residual is not null), At(weight.Value), At(bias.Value), At(sum, sum is not null), At(y), At(statistics));
        _team.For(Items(x.Shape.Rows, Kernels.LayerNorm.RowsPerItem), ref job);
    }

    public override void LayerNormBackward(Tensor input, Parameter weight, Parameter bias, Tensor statistics, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
        (int rows, int channels) = (input.Shape.Rows, input.Shape.Columns);
        LayerNorm.BackwardInput<TLanes> job = new(rows, channels, At(input), At(weight.Value), At(statistics), At(gradOutput), At(gradInput), accumulate);
        _team.For(Items(rows, Kernels.LayerNorm.RowsPerItem), ref job);
        if (weight.Trainable)
        {
            LayerNorm.BackwardWeight<TLanes> weightJob = new(rows, channels, At(input), At(statistics), At(gradOutput), At(weight.Gradient!));
            _team.For(Items(channels, 16), ref weightJob);
        }
        if (bias.Trainable)
            LinearBackwardBias(gradOutput, bias);
    }

    public override void CopyColumns(Tensor source, int sourceColumn, Tensor target, int targetColumn, int columns, bool accumulate)
    {
        CopyColumns job = new(source.Shape.Rows, columns, At(source) + sourceColumn, source.Shape.Columns, At(target) + targetColumn, target.Shape.Columns, accumulate);
        _team.For(Items(source.Shape.Rows, Kernels.CopyColumns.RowsPerItem), ref job);
    }

    public override void WriteKeyValues(Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache)
    {
        WriteKeyValues job = new(cache.KvHeads, cache.HeadDim, plan.Pack().Pointer, At(keys), At(values), At(cache.Keys) + cache.KeysOffset, At(cache.Values) + cache.ValuesOffset);
        _team.For(plan.Writes * cache.KvHeads, ref job);
        GC.KeepAlive(plan);
    }

    public override void Attention(Tensor queries, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp)
    {
        AttentionShape shape = new(queries.Shape.Columns / cache.HeadDim, cache.KvHeads, cache.HeadDim);
        int group = shape.Heads / shape.KvHeads;
        ShapeException.Require(group <= AttentionShape.LargestGroup, "Attention", $"{group} query heads share a key head, the kernel takes up to {AttentionShape.LargestGroup}");
        Indices items = plan.Items(shape.QueriesPerItem(CausalAttention<TLanes>.TileRows));
        CausalAttention<TLanes> job = new(
            shape, settings, plan.Pack().Pointer, items.Pointer, At(queries), At(cache.Keys) + cache.KeysOffset, At(cache.Values) + cache.ValuesOffset, At(y), At(logSumExp),
            Scratch(CausalAttention<TLanes>.ScratchLength(shape.HeadDim)));
        _team.For(items.Count / 2 * shape.KvHeads, ref job);
        GC.KeepAlive(items);
        GC.KeepAlive(plan);
    }

    public override void CachedAttention(
        Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp)
    {
        AttentionShape shape = new(queries.Shape.Columns / cache.HeadDim, cache.KvHeads, cache.HeadDim);
        if (!_schedule.Make(plan, shape, _team.Threads))
        {
            base.CachedAttention(queries, keys, values, plan, cache, settings, y, logSumExp);
            return;
        }
        DecodeAttention<TLanes> job = new(
            shape, settings, plan.Pack().Pointer, _schedule.Order.Pointer, _schedule.Items.Pointer, At(queries), At(keys), At(values), At(cache.Keys) + cache.KeysOffset,
            At(cache.Values) + cache.ValuesOffset, At(y), At(logSumExp), Scratch(DecodeAttention<TLanes>.ScratchLength(shape)));
        _team.For(_schedule.Count, ref job);
        GC.KeepAlive(plan);
    }

    public override void AttentionBackward(
        Tensor queries, Tensor keys, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings, Tensor y, Tensor logSumExp,
        Tensor gradOutput, Tensor gradQueries, Tensor gradKeys, Tensor gradValues)
    {
        AttentionShape shape = new(queries.Shape.Columns / cache.HeadDim, cache.KvHeads, cache.HeadDim);
        CausalAttentionBackward<TLanes> job = new(
            shape, settings, plan.Pack().Pointer, plan.Groups().Pointer, At(queries), At(keys), At(cache.Keys) + cache.KeysOffset, At(cache.Values) + cache.ValuesOffset, At(y), At(logSumExp),
            At(gradOutput), At(gradQueries), At(gradKeys), At(gradValues), Scratch(CausalAttentionBackward<TLanes>.ScratchLength(shape.HeadDim)));
        _team.For(plan.GroupCount * shape.KvHeads, ref job);
        GC.KeepAlive(plan);
    }
}
