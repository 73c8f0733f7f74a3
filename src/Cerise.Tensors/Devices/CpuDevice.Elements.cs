using Cerise.Tensors.Kernels;

namespace Cerise.Tensors.Devices;

internal sealed unsafe partial class CpuDevice<TLanes>
{
    public override void Unary(UnaryOp op, float p, float q, Tensor x, Tensor y)
    {
        Elementwise.Unary<TLanes> job = new(op, p, q, x.Shape.Length, At(x), At(y));
        _team.For(Items(x.Shape.Length, Elementwise.LengthPerItem), ref job);
    }

    public override void UnaryBackward(UnaryOp op, float p, float q, Tensor x, Tensor y, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
        Elementwise.UnaryBackward<TLanes> job = new(op, p, q, x.Shape.Length, At(x), At(y), At(gradOutput), At(gradInput), accumulate);
        _team.For(Items(x.Shape.Length, Elementwise.LengthPerItem), ref job);
    }

    public override void Binary(BinaryOp op, Tensor a, Tensor b, Tensor y)
    {
        Elementwise.Binary<TLanes> job = new(op, a.Shape.Length, At(a), At(b), At(y));
        _team.For(Items(a.Shape.Length, Elementwise.LengthPerItem), ref job);
    }

    public override void BinaryBackward(BinaryOp op, Tensor a, Tensor b, Tensor gradOutput, bool second, Tensor gradInput, bool accumulate)
    {
        Elementwise.BinaryBackward<TLanes> job = new(op, a.Shape.Length, At(a), At(b), At(gradOutput), second, At(gradInput), accumulate);
        _team.For(Items(a.Shape.Length, Elementwise.LengthPerItem), ref job);
    }

    public override void GatherRows(Tensor x, Indices rows, Tensor y)
    {
        int columns = x.Shape.Columns;
        for (int i = 0; i < rows.Count; i++)
        {
            ShapeException.Require((uint)rows.Values[i] < (uint)x.Shape.Rows, "GatherRows", $"row {rows.Values[i]} is outside {x.Shape}");
            Buffer.MemoryCopy(At(x) + ((nint)rows.Values[i] * columns), At(y) + ((nint)i * columns), columns * sizeof(float), columns * sizeof(float));
        }
    }

    public override void GatherRowsBackward(Indices rows, Tensor gradOutput, Tensor gradInput, bool accumulate)
    {
        int columns = gradInput.Shape.Columns;
        if (!accumulate)
            Fill(gradInput.Storage, gradInput.Offset, gradInput.Shape.Length, 0);
        for (int i = 0; i < rows.Count; i++)
        {
            float* target = At(gradInput) + ((nint)rows.Values[i] * columns);
            float* source = At(gradOutput) + ((nint)i * columns);
            for (int c = 0; c < columns; c++)
                target[c] += source[c];
        }
    }

    public override void SegmentSum(Tensor x, Indices offsets, Tensor y)
    {
        float* source = At(x);
        for (int s = 0; s + 1 < offsets.Count; s++)
        {
            double sum = 0;
            for (int i = offsets.Values[s]; i < offsets.Values[s + 1]; i++)
                sum += source[i];
            At(y)[s] = (float)sum;
        }
    }

    public override void SegmentBroadcast(Tensor x, Indices offsets, Tensor y, bool accumulate)
    {
        float* target = At(y);
        for (int s = 0; s + 1 < offsets.Count; s++)
            for (int i = offsets.Values[s]; i < offsets.Values[s + 1]; i++)
                target[i] = accumulate ? target[i] + At(x)[s] : At(x)[s];
    }

    public override void Dot(Tensor x, Tensor weights, Tensor y)
    {
        float* a = At(x);
        float* b = At(weights);
        double sum = 0;
        for (long i = 0; i < x.Shape.Length; i++)
            sum += (double)a[i] * b[i];
        *At(y) = (float)sum;
    }

    public override void ScaleBy(Tensor x, Tensor scale, Tensor y, bool accumulate)
    {
        float* source = At(x);
        float* target = At(y);
        float factor = *At(scale);
        for (long i = 0; i < x.Shape.Length; i++)
            target[i] = accumulate ? target[i] + (factor * source[i]) : factor * source[i];
    }

    public override double SumOfSquares(Storage storage, long length)
    {
        int items = Items(length, SumOfSquares<TLanes>.LengthPerItem);
        double* partial = (double*)AtLeast(ref _partialSums, 2L * items);   // a float64 is two floats
        SumOfSquares<TLanes> job = new(length, At(storage), partial);
        _team.For(items, ref job);
        double total = 0;
        for (int item = 0; item < items; item++)
            total += partial[item];
        return total;
    }

    public override void AdamW(Parameter parameter, Storage firstMoment, Storage secondMoment, in AdamWStep step)
    {
        AdamW<TLanes> job = new(parameter.PaddedLength, At(parameter.Value), At(parameter.Gradient!), At(firstMoment), At(secondMoment), step);
        _team.For(Items(parameter.PaddedLength, AdamW<TLanes>.LengthPerItem), ref job);
        parameter.GradientWasZeroed();
        parameter.ValueHasChanged();
    }

    public override void Blend(Storage source, Storage target, long length, float amount)
    {
        float* from = At(source);
        float* to = At(target);
        for (long i = 0; i < length; i++)
            to[i] = amount == 1 ? from[i] : to[i] + (amount * (from[i] - to[i]));
    }
}
