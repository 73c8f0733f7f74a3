using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Devices;

/// <summary>Which kernel reads a weight: chosen by the type it is stored in.</summary>
internal sealed unsafe partial class CpuDevice<TLanes>
{
    // y = x W^T + bias for the outputs from firstOutput, where a panel begins, on.
    private void Product(int rows, float* x, Parameter weight, int firstOutput, int outputs, float* bias, float* y)
    {
        LinearProduct product = new(PanelsAt(weight, firstOutput), bias, y, outputs);
        Products(rows, weight.Shape.Columns, x, weight.Value.DType, &product, 1);
    }

    // y += x W^T for the outputs from firstOutput, where a panel begins, on. Of factors that are trained, and so are float32.
    private void AddProduct(int rows, float* x, Parameter weight, int firstOutput, int outputs, float* y)
    {
        LinearProduct product = new(PanelsAt(weight, firstOutput), null, y, outputs);
        MatMul.Forward<TLanes, StoredFloat32>(_team, rows, weight.Shape.Columns, x, &product, 1, scratch: null, accumulate: true);
    }

    private void Products(int rows, int channels, float* x, DType type, LinearProduct* products, int count)
    {
        switch (type)
        {
            case DType.Bfloat16:
                MatMul.Forward<TLanes, StoredBfloat16>(_team, rows, channels, x, products, count, scratch: null);
                break;
            case DType.Float16:
                MatMul.Forward<TLanes, StoredFloat16>(_team, rows, channels, x, products, count, Scratch(MatMul.ScratchLength));
                break;
            default:
                MatMul.Forward<TLanes, StoredFloat32>(_team, rows, channels, x, products, count, scratch: null);
                break;
        }
    }

    // gradInput (+)= gradOutput W for the outputs from firstOutput, where a panel begins, on.
    private void ProductBackward(int rows, float* gradOutput, Parameter weight, int firstOutput, int outputs, float* gradInput, bool accumulate)
    {
        byte* panels = PanelsAt(weight, firstOutput);
        int channels = weight.Shape.Columns;
        float** scratch = Scratch(MatMul.ScratchLength);
        switch (weight.Value.DType)
        {
            case DType.Bfloat16:
                MatMul.BackwardInput<TLanes, StoredBfloat16>(_team, rows, channels, outputs, gradOutput, panels, gradInput, accumulate, scratch);
                break;
            case DType.Float16:
                MatMul.BackwardInput<TLanes, StoredFloat16>(_team, rows, channels, outputs, gradOutput, panels, gradInput, accumulate, scratch);
                break;
            default:
                MatMul.BackwardInput<TLanes, StoredFloat32>(_team, rows, channels, outputs, gradOutput, panels, gradInput, accumulate, scratch);
                break;
        }
    }

    private static byte* PanelsAt(Parameter weight, int firstOutput)
    {
        nint start = (nint)firstOutput * weight.Shape.Columns;
        return weight.Value.DType == DType.Float32 ? (byte*)(At(weight.Value) + start) : (byte*)(StoredAt(weight.Value) + start);
    }

    private void LookUp(Parameter table, Indices ids, float scale, Tensor y)
    {
        switch (table.Value.DType)
        {
            case DType.Bfloat16:
                LookUpStored<StoredBfloat16>(table, ids, scale, y);
                break;
            case DType.Float16:
                LookUpStored<StoredFloat16>(table, ids, scale, y);
                break;
            default:
                Embedding.Forward job = new(ids.Count, table.Shape.Columns, At(table.Value), ids.Pointer, scale, At(y));
                _team.For(Items(ids.Count, Kernels.Embedding.RowsPerItem), ref job);
                break;
        }
    }

    private void LookUpStored<TStored>(Parameter table, Indices ids, float scale, Tensor y)
        where TStored : struct, IStored16
    {
        Embedding.ForwardStored<TStored> job = new(ids.Count, table.Shape.Columns, StoredAt(table.Value), ids.Pointer, scale, At(y));
        _team.For(Items(ids.Count, Kernels.Embedding.RowsPerItem), ref job);
    }
}
