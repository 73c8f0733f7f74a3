using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Devices;

/// <summary>What low-rank adapters need beyond the products of linear layers.</summary>
internal sealed unsafe partial class CpuDevice<TLanes>
{
    public override void AddLinear(Tensor x, Parameter weight, Tensor y) => AddProduct(x.Shape.Rows, At(x), weight, 0, weight.Shape.Rows, At(y));

    public override void ScaleColumns(Tensor x, Storage factors, Parameter? bias, Tensor y)
    {
        ScaledColumns.Forward<TLanes> job = new(x.Shape.Rows, x.Shape.Columns, At(x), At(factors), bias is null ? null : At(bias.Value), At(y));
        _team.For(Items(x.Shape.Rows, ScaledColumns.RowsPerItem), ref job);
    }

    public override void MagnitudeBackward(Tensor gradOutput, Tensor x, Storage norms, Parameter magnitude)
    {
        ScaledColumns.Backward<TLanes> job = new(x.Shape.Rows, x.Shape.Columns, At(gradOutput), At(x), At(norms), At(magnitude.Gradient!));
        _team.For(Items(x.Shape.Columns, 16), ref job);
    }

    public override void AdaptedNorms(Parameter weight, LowRankAdapter adapter, Storage norms, Storage factors)
    {
        float* magnitude = adapter.Magnitude is { } given ? At(given.Value) : null;
        switch (weight.Value.DType)
        {
            case DType.Bfloat16:
                AdaptedNorms<StoredBfloat16>(weight, adapter, magnitude, norms, factors);
                break;
            case DType.Float16:
                AdaptedNorms<StoredFloat16>(weight, adapter, magnitude, norms, factors);
                break;
            default:
                AdaptedNorms<StoredFloat32>(weight, adapter, magnitude, norms, factors);
                break;
        }
    }

    public override void Dropout(Tensor x, AdapterDropout dropout, Tensor y, bool accumulate)
    {
        ShapeException.Require(
            dropout.Rows.Length == x.Shape.Rows, "Dropout", $"{dropout.Rows.Length} rows have a seed, the input is {x.Shape}: give one a row");
        fixed (ulong* keys = dropout.Rows)
        {
            Dropout<TLanes> job = new(x.Shape.Rows, x.Shape.Columns, dropout.Probability, keys, At(x), At(y), accumulate);
            _team.For(Items(x.Shape.Rows, Dropout<TLanes>.RowsPerItem), ref job);
        }
    }

    private void AdaptedNorms<TStored>(Parameter weight, LowRankAdapter adapter, float* magnitude, Storage norms, Storage factors)
        where TStored : struct, IStored
    {
        (int outputs, int channels) = (weight.Shape.Rows, weight.Shape.Columns);
        AdaptedNorms<TLanes, TStored> job = new(
            outputs, channels, adapter.Rank, adapter.Scale, PanelsAt(weight, 0), At(adapter.Down.Value), At(adapter.Up.Value), magnitude, At(norms), At(factors),
            Scratch(AdaptedNorms<TLanes, TStored>.ScratchLength));
        _team.For(Items(outputs, MatMulTile.PanelWidth), ref job);
    }
}
