using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>A weight that is trained whole beside the adapters (PEFT's <c>modules_to_save</c>): a copy takes the weight's place while the adapter is on.</summary>
internal sealed class SavedWeight : IDisposable
{
    private readonly Parameter _other;
    private readonly string[] _names;
    private bool _isOn;
    private bool _isKept;

    /// <param name="weight">The model's weight.</param>
    /// <param name="names">Names in the adapter's file: one, or the embedding's and the head's where both are one table.</param>
    public SavedWeight(Parameter weight, IEnumerable<string> names)
    {
        Weight = weight;
        _names = [.. names.Select(name => LoraAdapter.Prefix + name)];
        _other = new Parameter(weight.Value.Device, weight.Name, weight.Shape, weight.Layout);
        _other.CopyFrom(weight);
    }

    /// <summary>The model's weight, which holds the trained numbers while the adapter is on.</summary>
    public Parameter Weight { get; }

    /// <summary>Lets the model compute with the trained numbers, or with the base's.</summary>
    public void Switch(bool on)
    {
        if (on != _isOn)
            Weight.Exchange(_other);
        _isOn = on;
    }

    /// <summary>Whether the weight keeps the trained numbers when this is disposed of: after a merge.</summary>
    public void Keep(bool kept) => _isKept = kept;

    /// <summary>The tensors of the file.</summary>
    public IEnumerable<TensorToWrite> ToWrite(SafetensorsDType dtype)
    {
        Parameter trained = _isOn ? Weight : _other;
        return _names.Select(name => CausalModel.ToWrite(trained, trained.Value, name, dtype));
    }

    /// <summary>Reads the trained numbers.</summary>
    /// <exception cref="CheckpointException">The tensor is missing or misshapen.</exception>
    public void Read(SafetensorsReader reader, HashSet<string> used)
    {
        string name = _names.FirstOrDefault(name => reader.TryGetEntry(name, out _)) ?? _names[0];
        Read(_isOn ? Weight : _other, reader, name);
        foreach (string each in _names)
            used.Add(each);
    }

    /// <summary>Reads a whole weight.</summary>
    /// <returns>The name.</returns>
    /// <exception cref="CheckpointException">The tensor is missing or misshapen.</exception>
    public static string Read(Parameter weight, SafetensorsReader reader, string name)
    {
        SafetensorsEntry entry = reader.Entry(name);
        Shape shape = weight.Shape;
        long[] expected = shape.Columns == 1 && weight.Layout == ParameterLayout.Plain ? [shape.Rows] : [shape.Rows, shape.Columns];
        if (!entry.Shape.SequenceEqual(expected))
            throw CheckpointException.OfTensor(reader.Path, name, $"is {ShapeText.Of(entry.Shape)}, the base model has {ShapeText.Of(expected)}. Is it the adapter of another model?");
        CausalModel.Read(weight, weight.Value, reader, name);
        return name;
    }

    /// <summary>Gives the weight its base numbers back, unless it keeps the trained ones.</summary>
    public void Dispose()
    {
        Switch(on: _isKept);
        _other.Dispose();
    }
}
