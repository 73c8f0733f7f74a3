using System.Buffers;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models;

/// <summary>Fills <paramref name="rows"/> with whole rows of a tensor in a file.</summary>
/// <param name="firstRow">The first of them.</param>
/// <param name="rows">Receives them, row-major.</param>
internal delegate void FileRows(int firstRow, Span<float> rows);

/// <summary>A weight that its file holds the other way round, [in, out], as GPT-2's do.</summary>
internal static class TransposedWeight
{
    // Of a file's rows, and of the strip of the other direction's that is put together from them: what is held, whatever the weight's size.
    private const int NumbersAtOnce = 1 << 20;
    private const int NumbersOfStrip = 1 << 24;

    /// <summary>Sets a weight [out, in] from the rows of a file, [in, out], reading them once unless the weight is very large.</summary>
    /// <exception cref="OverflowException">A finite number is beyond the range of float16.</exception>
    public static void Set(Parameter parameter, FileRows file)
    {
        (int outputs, int inputs) = (parameter.Shape.Rows, parameter.Shape.Columns);
        int stripOutputs = Math.Clamp(NumbersOfStrip / inputs, 1, outputs);
        int rowsAtOnce = Math.Clamp(NumbersAtOnce / outputs, 1, inputs);
        float[] strip = ArrayPool<float>.Shared.Rent(stripOutputs * inputs);
        float[] rows = ArrayPool<float>.Shared.Rent(rowsAtOnce * outputs);
        for (int first = 0; first < outputs; first += stripOutputs)
        {
            int count = Math.Min(stripOutputs, outputs - first);
            for (int row = 0; row < inputs; row += rowsAtOnce)
            {
                int height = Math.Min(rowsAtOnce, inputs - row);
                file(row, rows.AsSpan(0, height * outputs));
                for (int r = 0; r < height; r++)
                    for (int o = 0; o < count; o++)
                        strip[(o * inputs) + row + r] = rows[(r * outputs) + first + o];
            }
            parameter.SetRows(first, strip.AsSpan(0, count * inputs));
        }
        ArrayPool<float>.Shared.Return(strip);
        ArrayPool<float>.Shared.Return(rows);
    }

    /// <summary>A weight [out, in] to write as [in, out].</summary>
    /// <param name="parameter">The weight.</param>
    /// <param name="dtype">Type in the file.</param>
    /// <param name="rows">Gives rows [out, in] of what is written; the weight's own when null.</param>
    public static TensorToWrite ToWrite(Parameter parameter, SafetensorsDType dtype, FileRows? rows = null)
    {
        Strip strip = new(parameter, rows ?? parameter.GetRows);
        return new TensorToWrite(parameter.Name, [parameter.Shape.Columns, parameter.Shape.Rows], dtype, strip.Copy);
    }

    // Some rows of the file at a time; a writer asks for its elements in order.
    private sealed class Strip(Parameter parameter, FileRows source)
    {
        private readonly int _outputs = parameter.Shape.Rows;
        private readonly int _inputs = parameter.Shape.Columns;
        private float[] _rows = [];
        private int _firstRow;

        public void Copy(long firstElement, Span<float> destination)
        {
            for (int i = 0; i < destination.Length;)
            {
                long element = firstElement + i;
                int row = (int)(element / _outputs);
                if (_rows.Length == 0 || row < _firstRow || row >= _firstRow + (_rows.Length / _outputs))
                    Fill(row);
                int place = (int)(element - ((long)_firstRow * _outputs));
                int count = Math.Min(destination.Length - i, _rows.Length - place);
                _rows.AsSpan(place, count).CopyTo(destination[i..]);
                i += count;
            }
            if (firstElement + destination.Length == parameter.Shape.Length)
                _rows = [];
        }

        private void Fill(int firstRow)
        {
            int height = Math.Min(Math.Clamp(NumbersOfStrip / _outputs, 1, _inputs), _inputs - firstRow);
            (_rows, _firstRow) = (new float[height * _outputs], firstRow);
            int outputsAtOnce = Math.Clamp(NumbersAtOnce / _inputs, 1, _outputs);
            float[] part = ArrayPool<float>.Shared.Rent(outputsAtOnce * _inputs);
            for (int first = 0; first < _outputs; first += outputsAtOnce)
            {
                int count = Math.Min(outputsAtOnce, _outputs - first);
                source(first, part.AsSpan(0, count * _inputs));
                for (int o = 0; o < count; o++)
                    for (int r = 0; r < height; r++)
                        _rows[(r * _outputs) + first + o] = part[(o * _inputs) + firstRow + r];
            }
            ArrayPool<float>.Shared.Return(part);
        }
    }
}
