using System.Numerics;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>A weight with its adapter worked in: m (W + s B A) / |W + s B A|, or W + s B A, in float32, row by row.</summary>
/// <remarks>On the host, from copies of the factors: the weight itself is only read, a few rows at a time, whatever type it is stored in.</remarks>
internal sealed class MergedWeight
{
    private readonly Parameter _weight;
    private readonly float[] _rows;
    private readonly float[] _columns;
    private readonly float[]? _factors;
    private readonly int _rank;
    private readonly float _scale;

    private MergedWeight(Parameter weight, LowRankAdapter adapter, bool isTable)
    {
        _weight = weight;
        _rank = adapter.Rank;
        _scale = adapter.Scale;
        // Row o of the change is the sum over r of rows[o, r] columns[r, :].
        _rows = (isTable ? adapter.Down : adapter.Up).ToArray();
        _columns = Transposed((isTable ? adapter.Up : adapter.Down).ToArray(), weight.Shape.Columns, _rank);
        _factors = adapter.Magnitude?.ToArray(adapter.Factors(weight));
    }

    /// <summary>A weight with the adapter that is on; null where none is.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="isTable">Whether it is meant as a table whose rows are looked up, which are then the adapter's inputs.</param>
    public static MergedWeight? Of(Parameter weight, bool isTable) =>
        (isTable ? weight.LookupAdapter : weight.Adapter) is { } adapter ? new MergedWeight(weight, adapter, isTable) : null;

    /// <summary>Rows [first, first + k) of the merged weight.</summary>
    public void GetRows(int first, Span<float> rows)
    {
        _weight.GetRows(first, rows);
        int columns = _weight.Shape.Columns;
        float[] delta = new float[columns];
        for (int i = 0; i < rows.Length / columns; i++)
        {
            delta.AsSpan().Clear();
            for (int r = 0; r < _rank; r++)
                Add(_columns.AsSpan(r * columns, columns), _rows[((first + i) * _rank) + r], delta);
            float factor = _factors?[first + i] ?? 1;
            Span<float> row = rows.Slice(i * columns, columns);
            for (int c = 0; c < columns; c++)
                row[c] = factor * (row[c] + (_scale * delta[c]));
        }
    }

    private static void Add(ReadOnlySpan<float> values, float factor, Span<float> sums)
    {
        int i = 0;
        Vector<float> factors = new(factor);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sums[i..]) + (factors * new Vector<float>(values[i..]))).CopyTo(sums[i..]);
        for (; i < values.Length; i++)
            sums[i] += factor * values[i];
    }

    private static float[] Transposed(float[] values, int rows, int columns)
    {
        float[] transposed = new float[values.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                transposed[((long)j * rows) + i] = values[((long)i * columns) + j];
        return transposed;
    }
}
