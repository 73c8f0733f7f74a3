using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Devices;

/// <summary>Rows in and out of a parameter's layout, and rounding to the types that weights are stored in.</summary>
internal sealed unsafe partial class CpuDevice<TLanes>
{
    public override void SetRows(Storage storage, Parameter layout, int firstRow, ReadOnlySpan<float> rowMajor)
    {
        int columns = layout.Shape.Columns;
        RequireRows("SetRows", layout, firstRow, rowMajor.Length);
        bool isValue = ReferenceEquals(storage, layout.Value);
        if (isValue && layout.DType == DType.Float16)
            RequireInRange(layout, firstRow, rowMajor);
        if (isValue)
            layout.ValueHasChanged();
        for (int row = 0; row < rowMajor.Length / columns; row++)
        {
            ReadOnlySpan<float> source = rowMajor.Slice(row * columns, columns);
            (nint start, nint stride) = RowPlace(layout, firstRow + row, storage.DType);
            switch (storage.DType)
            {
                case DType.Bfloat16:
                    Narrow<StoredBfloat16>(source, StoredAt(storage) + start, stride);
                    break;
                case DType.Float16:
                    Narrow<StoredFloat16>(source, StoredAt(storage) + start, stride);
                    break;
                default:
                    DType rounding = isValue ? layout.DType : DType.Float32;
                    float* target = At(storage) + start;
                    for (int c = 0; c < columns; c++)
                        target[c * stride] = rounding.Round(source[c]);
                    break;
            }
        }
    }

    public override void GetRows(Storage storage, Parameter layout, int firstRow, Span<float> rowMajor)
    {
        int columns = layout.Shape.Columns;
        RequireRows("GetRows", layout, firstRow, rowMajor.Length);
        for (int row = 0; row < rowMajor.Length / columns; row++)
        {
            Span<float> target = rowMajor.Slice(row * columns, columns);
            (nint start, nint stride) = RowPlace(layout, firstRow + row, storage.DType);
            switch (storage.DType)
            {
                case DType.Bfloat16:
                    Widen<StoredBfloat16>(StoredAt(storage) + start, stride, target);
                    break;
                case DType.Float16:
                    Widen<StoredFloat16>(StoredAt(storage) + start, stride, target);
                    break;
                default:
                    float* source = At(storage) + start;
                    for (int c = 0; c < columns; c++)
                        target[c] = source[c * stride];
                    break;
            }
        }
    }

    private static void FillStored(Storage storage, long offset, long length, float value)
    {
        ushort bits = storage.DType == DType.Bfloat16 ? StoredBfloat16.Narrow(value) : StoredFloat16.Narrow(value);
        for (ushort* p = StoredAt(storage) + offset, end = p + length; p < end; p++)
            *p = bits;
    }

    private static void Narrow<TStored>(ReadOnlySpan<float> source, ushort* target, nint stride)
        where TStored : struct, IStored16
    {
        for (int c = 0; c < source.Length; c++)
            target[c * stride] = TStored.Narrow(source[c]);
    }

    private static void Widen<TStored>(ushort* source, nint stride, Span<float> target)
        where TStored : struct, IStored16
    {
        for (int c = 0; c < target.Length; c++)
            target[c] = TStored.Widen(source[c * stride]);
    }

    // A weight that silently became infinite would ruin every result.
    private static void RequireInRange(Parameter parameter, int firstRow, ReadOnlySpan<float> rowMajor)
    {
        for (int i = 0; i < rowMajor.Length; i++)
        {
            if (float.IsFinite(rowMajor[i]) && !Half.IsFinite((Half)rowMajor[i]))
            {
                int columns = parameter.Shape.Columns;
                throw new OverflowException(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"'{parameter.Name}' [{firstRow + (i / columns)}, {i % columns}] is {rowMajor[i]}, beyond float16's largest number, 65504: store it as bfloat16 or float32"));
            }
        }
    }

    private static void RequireRows(string operation, Parameter layout, int firstRow, int length)
    {
        int columns = layout.Shape.Columns;
        ShapeException.Require(length % columns == 0, operation, $"{length} numbers are no whole rows of '{layout.Name}' {layout.Shape}");
        int count = length / columns;
        ShapeException.Require(
            firstRow >= 0 && firstRow <= layout.Shape.Rows - count, operation, $"rows {firstRow} to {firstRow + count - 1} are outside '{layout.Name}' {layout.Shape}");
    }

    private static (nint Start, nint Stride) RowPlace(Parameter layout, int row, DType dtype)
    {
        if (layout.Layout == ParameterLayout.Plain)
            return ((nint)row * layout.Shape.Columns, 1);
        int column = row % MatMulTile.PanelWidth;
        nint panel = (nint)(row / MatMulTile.PanelWidth) * MatMulTile.PanelWidth * layout.Shape.Columns;
        return (panel + (dtype == DType.Float32 ? column : StoredPanel.PlaceOf(column)), MatMulTile.PanelWidth);
    }
}
