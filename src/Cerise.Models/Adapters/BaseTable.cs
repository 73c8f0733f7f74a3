using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>Embedding and head of the base model, of which PEFT puts copies into an adapter's file where it adapts them or thinks that they were resized.</summary>
internal static class BaseTable
{
    // Rounding to bfloat16, in which most copies are saved, changes a number by at most 1 / 256 of it.
    private const float Rounding = 1f / 128;
    private const string Inner = ".base_layer";
    private const int NumbersAtOnce = 1 << 20;

    /// <summary>Whether a tensor of an adapter's file is a copy of the base model's embedding or head.</summary>
    /// <exception cref="CheckpointException">It has the name and the shape of one, and other numbers.</exception>
    public static bool IsIn(CausalModel model, SafetensorsReader reader, SafetensorsEntry entry)
    {
        if (!entry.Name.StartsWith(LoraAdapter.Prefix, StringComparison.Ordinal))
            return false;
        string path = AdaptableModule.PathOf(entry.Name[LoraAdapter.Prefix.Length..]);
        path = path.EndsWith(Inner, StringComparison.Ordinal) ? path[..^Inner.Length] : path;
        if (AdaptableModule.Of(model).FirstOrDefault(module => module.Path == path && !module.IsLinear) is not { Weight: Parameter table })
            return false;
        (int rows, int columns) = (table.Shape.Rows, table.Shape.Columns);
        if (!entry.Shape.SequenceEqual([rows, columns]) || !entry.DType.ReadsAsFloat())
            return false;
        float[] copy = new float[Math.Clamp(NumbersAtOnce / columns, 1, rows) * columns], own = new float[copy.Length];
        for (int row = 0; row < rows; row += copy.Length / columns)
        {
            int count = Math.Min(copy.Length, (rows - row) * columns);
            reader.ReadRows(entry.Name, row, copy.AsSpan(0, count));
            table.GetRows(row, own.AsSpan(0, count));
            for (int i = 0; i < count; i++)
                if (!(Math.Abs(copy[i] - own[i]) <= Rounding * Math.Max(Math.Abs(copy[i]), Math.Abs(own[i]))))
                {
                    throw CheckpointException.OfTensor(reader.Path, entry.Name, $"is another table than the base model's '{path}', which the adapter needs. Is it the adapter of another model? "
                        + "If the table was trained too, name it in modules_to_save, or merge the adapter with PEFT (merge_and_unload) and load that instead");
                }
        }
        return true;
    }
}
