using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>A module of a model with its adapter: how it begins, is switched on and off, and is written in PEFT's names.</summary>
internal sealed class LoraModule : IDisposable
{
    private readonly AdaptableModule _module;
    private Parameter? _base;

    private LoraModule(AdaptableModule module, LowRankAdapter factors)
    {
        _module = module;
        Factors = factors;
    }

    /// <summary>The factors.</summary>
    public LowRankAdapter Factors { get; }

    /// <summary>What is adapted.</summary>
    public AdaptableModule Module => _module;

    /// <summary>The factors' weights.</summary>
    public IEnumerable<Parameter> Parameters => Factors.Magnitude is { } magnitude ? [Factors.Down, Factors.Up, magnitude] : [Factors.Down, Factors.Up];

    // Adapters of linear layers and of the embedding are called differently, and only the former's names end in ".weight".
    private string DownName => $"{LoraAdapter.Prefix}{_module.Path}.{(_module.IsEmbedding ? "lora_embedding_A" : "lora_A.weight")}";

    private string UpName => $"{LoraAdapter.Prefix}{_module.Path}.{(_module.IsEmbedding ? "lora_embedding_B" : "lora_B.weight")}";

    private string MagnitudeName => $"{LoraAdapter.Prefix}{_module.Path}.lora_magnitude_vector";

    /// <summary>A module with factors of zeros.</summary>
    public static LoraModule Of(LoraTarget target, bool hasMagnitude)
    {
        (AdaptableModule module, int rank, float scale) = target;
        Device device = module.Weight.Value.Device;
        Shape weight = module.Weight.Shape;
        // A table of embeddings is [vocab, hidden]: its rows are the inputs.
        (int outputs, int inputs) = module.IsEmbedding ? (weight.Columns, weight.Rows) : (weight.Rows, weight.Columns);
        string kind = module.IsEmbedding ? "lora_embedding" : "lora";
        Parameter down = new(device, $"{module.Path}.{kind}_A", new Shape(inputs, rank), ParameterLayout.Panels);
        Parameter up = new(device, $"{module.Path}.{kind}_B", new Shape(outputs, rank), ParameterLayout.Panels);
        Parameter? magnitude = hasMagnitude ? new(device, $"{module.Path}.lora_magnitude_vector", new Shape(outputs), ParameterLayout.Plain) : null;
        return new LoraModule(module, new LowRankAdapter(down, up, scale, magnitude));
    }

    /// <summary>Fresh factors: A from U(-1 / sqrt(in), 1 / sqrt(in)), which is Kaiming's with a = sqrt(5), and B zero; of an embedding A zero and B from N(0, 1), as in PEFT.</summary>
    /// <param name="seed">Source of all adapters; each number is keyed by its tensor's name and its place in the file.</param>
    public void Begin(Seed seed)
    {
        (int inputs, int rank) = (Factors.Down.Shape.Rows, Factors.Rank);
        if (_module.IsEmbedding)
        {
            Seed own = seed.Fork(UpName);
            Factors.Up.SetRows(0, [.. Enumerable.Range(0, Factors.Up.Shape.Rows * rank).Select(i => (float)own.Normal(i))]);
        }
        else
        {
            Seed own = seed.Fork(DownName);
            double bound = 1 / Math.Sqrt(inputs);
            float[] down = new float[rank * inputs];
            for (int r = 0; r < rank; r++)
                for (int i = 0; i < inputs; i++)
                    down[((long)i * rank) + r] = (float)(bound * ((2 * own.Uniform(((long)r * inputs) + i)) - 1));
            Factors.Down.SetRows(0, down);
        }
        if (Factors.Magnitude is not null)
            Factors.ResetMagnitude(_module.Weight);
    }

    /// <summary>Lets the model compute with the adapter, or without it.</summary>
    public void Switch(bool on)
    {
        if (_module.IsEmbedding)
            _module.Weight.LookupAdapter = on ? Factors : null;
        else
            _module.Weight.Adapter = on ? Factors : null;
    }

    /// <summary>Works the factors into the weight.</summary>
    /// <param name="keepsBase">Whether the weight as it was is kept for <see cref="Unmerge"/>.</param>
    public void Merge(bool keepsBase)
    {
        Parameter weight = _module.Weight;
        MergedWeight merged = MergedWeight.Of(weight, _module.IsEmbedding) ?? throw new InvalidOperationException($"the adapter of '{_module.Path}' is off, or merged already");
        if (keepsBase)
        {
            _base = new Parameter(weight.Value.Device, weight.Name, weight.Shape, weight.Layout);
            _base.CopyFrom(weight);
        }
        CausalModel.Rewrite(weight, merged.GetRows);
        Switch(on: false);
    }

    /// <summary>Gives the weight the bits it had.</summary>
    public void Unmerge()
    {
        Parameter weight = _base ?? throw new InvalidOperationException($"the adapter of '{_module.Path}' is not merged, or was merged without keeping the base's weights");
        _module.Weight.CopyFrom(weight);
        weight.Dispose();
        _base = null;
    }

    /// <summary>The tensors of the file: lora_A [rank, in], lora_B [out, rank], and DoRA's magnitude [out].</summary>
    public IEnumerable<TensorToWrite> ToWrite(SafetensorsDType dtype)
    {
        (int inputs, int rank) = (Factors.Down.Shape.Rows, Factors.Rank);
        float[] down = Transposed(Factors.Down.ToArray(), inputs, rank);
        yield return TensorToWrite.From(DownName, [rank, inputs], down, dtype);
        yield return CausalModel.ToWrite(Factors.Up, Factors.Up.Value, UpName, dtype);
        if (Factors.Magnitude is { } magnitude)
            yield return CausalModel.ToWrite(magnitude, magnitude.Value, MagnitudeName, dtype);
    }

    /// <summary>Reads the tensors of the file.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="used">Receives the names read.</param>
    /// <exception cref="CheckpointException">A tensor is missing or misshapen.</exception>
    public void Read(SafetensorsReader reader, HashSet<string> used)
    {
        (int inputs, int outputs, int rank) = (Factors.Down.Shape.Rows, Factors.Up.Shape.Rows, Factors.Rank);
        float[] down = ReadTensor(reader, Found(reader, DownName), [rank, inputs], used);
        Factors.Down.SetRows(0, Transposed(down, rank, inputs));
        Factors.Up.SetRows(0, ReadTensor(reader, Found(reader, UpName), [outputs, rank], used));
        if (Factors.Magnitude is { } magnitude)
            magnitude.SetRows(0, ReadTensor(reader, Found(reader, MagnitudeName), [outputs], used));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _base?.Dispose();
        Factors.Dispose();
    }

    // PEFT's versions differ in whether ".weight" stands behind the last name.
    private static string Found(SafetensorsReader reader, string name) =>
        !reader.TryGetEntry(name, out _) && reader.TryGetEntry(name + ".weight", out _) ? name + ".weight" : name;

    private static float[] ReadTensor(SafetensorsReader reader, string name, long[] shape, HashSet<string> used)
    {
        if (!reader.TryGetEntry(name, out SafetensorsEntry? entry))
            throw CheckpointException.OfTensor(reader.Path, name, $"is missing, {LoraConfig.FileName} asks for {ShapeText.Of(shape)}. Do the two files belong together, and to this base model?");
        if (!entry.Shape.SequenceEqual(shape))
            throw CheckpointException.OfTensor(reader.Path, name, $"is {ShapeText.Of(entry.Shape)}, {LoraConfig.FileName} and the base model ask for {ShapeText.Of(shape)}. Is it the adapter of another model?");
        float[] values = new float[entry.ElementCount];
        reader.Read(name, values);
        used.Add(name);
        return values;
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
