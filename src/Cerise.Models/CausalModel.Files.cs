using System.Buffers;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models;

public sealed partial class CausalModel
{
    private const int NumbersAtOnce = 1 << 20;

    /// <summary>A model with fresh weights: matrices and embeddings from N(0, initializer_range), norms 1, biases 0.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="seed">Source of the weights; each is keyed by the tensor's name.</param>
    /// <param name="dtype">The type the weights are rounded to and stored in; float32 (default) where they are to be trained.</param>
    public static CausalModel Create(ModelConfig config, Device device, Seed seed, DType dtype = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        CausalModel model = new(config, device, config.DefaultContextLength, dtype);
        foreach ((ExpectedTensor tensor, Parameter parameter) in ModelTensors.Of(config).Zip(model.Parameters))
            Draw(parameter, tensor, config, seed);
        return model;
    }

    /// <summary>A model whose weights are all 0: its shape, to plan with.</summary>
    /// <param name="config">Sizes.</param>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="dtype">The type they are stored in.</param>
    /// <param name="contextLength">Tokens of the longest sequence to be used; by default <see cref="ModelConfig.DefaultContextLength"/>.</param>
    public static CausalModel Zeros(ModelConfig config, Device device, DType dtype = DType.Float32, int? contextLength = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new CausalModel(config, device, contextLength ?? config.DefaultContextLength, dtype);
    }

    /// <summary>Loads a Hugging Face folder: config.json and safetensors in one or many files, in float32, bfloat16, float16 or float64.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="contextLength">Tokens of the longest sequence to be used; by default <see cref="ModelConfig.DefaultContextLength"/>.</param>
    /// <param name="dtype">
    /// The type the weights are rounded to and stored in: float32 (default) where they are to be trained; null takes what the config says, float32 when that is nothing
    /// or float64. Computed in float32 are all of them, so 16 bits halve the memory and, where reading it is what takes the time, the time.
    /// </param>
    /// <exception cref="CheckpointException">A file is missing or damaged; a tensor is missing, extra or misshapen, or has a number beyond the range of float16.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The context is to be shorter than one token.</exception>
    public static CausalModel Load(string folder, Device device, int? contextLength = null, DType? dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contextLength ?? 1, 1, nameof(contextLength));
        ModelConfig config = ModelConfig.Load(folder);
        using SafetensorsReader reader = SafetensorsReader.Open(folder);
        if (config.NameInFamily is { } rename)
            reader.Rename(rename);
        config = ModelTensors.NamedAs(reader, config);
        CheckpointCheck.Require(config, reader);
        CausalModel model = new(config, device, contextLength ?? config.DefaultContextLength, dtype ?? config.DType?.InMemory() ?? DType.Float32);
        try
        {
            foreach ((Parameter parameter, ExpectedTensor tensor) in model.Parameters.Zip(ModelTensors.Of(config)))
            {
                if (tensor.IsTransposed)
                    ReadTransposed(parameter, reader);
                else
                    Read(parameter, parameter.Value, reader, parameter.Name);
            }
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Saves config.json and the weights in Hugging Face's layout; an adapter is worked into them.</summary>
    /// <param name="folder">Made if it is missing.</param>
    /// <param name="dtype">
    /// float32, bfloat16 or float16; null is the type of 16-bit weights, and for float32 ones keeps what the config says, float32 when it says nothing or float64.
    /// </param>
    /// <exception cref="CheckpointException">A file cannot be written.</exception>
    public void Save(string folder, SafetensorsDType? dtype = null)
    {
        SafetensorsDType type = SavedType(Config, dtype ?? (DType == DType.Float32 ? null : DType.InFile()));
        // The weights first: they are what a full disk refuses, and then the folder keeps the config of the weights it has.
        SafetensorsWriter.WriteModel(folder, [.. MergedTensors(type)]);
        (Config with { DType = type, TieWordEmbeddings = Config.TieWordEmbeddings && !MergeUnties }).Save(Path.Combine(folder, ModelConfig.FileName));
    }

    /// <summary>A tensor to write, in a parameter's shape: its weight, or an optimizer's state for it.</summary>
    /// <param name="parameter">Gives shape and layout.</param>
    /// <param name="storage">Memory in the parameter's layout.</param>
    /// <param name="name">Name in the file.</param>
    /// <param name="dtype">Type in the file.</param>
    public static TensorToWrite ToWrite(Parameter parameter, Storage storage, string name, SafetensorsDType dtype)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        bool isVector = parameter.Layout == ParameterLayout.Plain && parameter.Shape.Columns == 1;
        long[] shape = isVector ? [parameter.Shape.Rows] : [parameter.Shape.Rows, parameter.Shape.Columns];
        return new TensorToWrite(name, shape, dtype, (first, destination) =>
            CopyElements(parameter.Shape.Columns, (row, rows) => storage.Device.GetRows(storage, parameter, row, rows), first, destination));
    }

    /// <summary>Reads memory in a parameter's layout from a file.</summary>
    /// <param name="parameter">Gives shape and layout.</param>
    /// <param name="storage">Where to.</param>
    /// <param name="reader">Where from.</param>
    /// <param name="name">Name in the file.</param>
    /// <exception cref="CheckpointException">The tensor cannot be read, or a number is beyond the range of a float16 parameter.</exception>
    public static void Read(Parameter parameter, Storage storage, SafetensorsReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(storage);
        (int rows, int columns) = (parameter.Shape.Rows, parameter.Shape.Columns);
        int atOnce = Math.Clamp(NumbersAtOnce / columns, 1, rows);
        float[] buffer = ArrayPool<float>.Shared.Rent(atOnce * columns);
        for (int row = 0; row < rows; row += atOnce)
        {
            Span<float> part = buffer.AsSpan(0, Math.Min(atOnce, rows - row) * columns);
            reader.ReadRows(name, row, part);
            SetRows(parameter, storage, row, part, reader, name);
        }
        ArrayPool<float>.Shared.Return(buffer);
    }

    private static void SetRows(Parameter parameter, Storage storage, int firstRow, ReadOnlySpan<float> rows, SafetensorsReader reader, string name)
    {
        try
        {
            storage.Device.SetRows(storage, parameter, firstRow, rows);
        }
        catch (OverflowException error)
        {
            throw OutOfRange(reader, name, error);
        }
    }

    private static void ReadTransposed(Parameter parameter, SafetensorsReader reader)
    {
        try
        {
            TransposedWeight.Set(parameter, (row, rows) => reader.ReadRows(parameter.Name, row, rows));
        }
        catch (OverflowException error)
        {
            throw OutOfRange(reader, parameter.Name, error);
        }
    }

    private static CheckpointException OutOfRange(SafetensorsReader reader, string name, OverflowException error)
    {
        string file = reader.TryGetEntry(name, out SafetensorsEntry? entry) ? entry.File : reader.Path;
        return new CheckpointException(file, $"{error.Message}.", error) { Tensor = name };
    }

    private static void Draw(Parameter parameter, ExpectedTensor tensor, ModelConfig config, Seed seed)
    {
        (int rows, int columns) = (parameter.Shape.Rows, parameter.Shape.Columns);
        if (tensor.IsTransposed)
        {
            TransposedWeight.Set(parameter, (row, part) => FreshWeights.Fill(tensor, config, seed, (long)row * rows, part));
            return;
        }
        int atOnce = Math.Clamp(NumbersAtOnce / columns, 1, rows);
        float[] buffer = ArrayPool<float>.Shared.Rent(atOnce * columns);
        for (int row = 0; row < rows; row += atOnce)
        {
            Span<float> part = buffer.AsSpan(0, Math.Min(atOnce, rows - row) * columns);
            FreshWeights.Fill(tensor, config, seed, (long)row * columns, part);
            parameter.SetRows(row, part);
        }
        ArrayPool<float>.Shared.Return(buffer);
    }

    /// <summary>The type weights are saved in: the one asked for, else what the config says, float32 when that is nothing or float64.</summary>
    internal static SafetensorsDType SavedType(ModelConfig config, SafetensorsDType? asked) =>
        asked ?? (config.DType is { } said and not SafetensorsDType.F64 ? said : SafetensorsDType.F32);

    // Any run of elements from the whole rows it touches, since a writer's pieces do not end where rows do.
    private static void CopyElements(int columns, Action<int, Span<float>> getRows, long first, Span<float> destination)
    {
        long firstRow = first / columns;
        long lastRow = (first + destination.Length - 1) / columns;
        int length = (int)(lastRow - firstRow + 1) * columns;
        float[] buffer = ArrayPool<float>.Shared.Rent(length);
        getRows((int)firstRow, buffer.AsSpan(0, length));
        buffer.AsSpan((int)(first - (firstRow * columns)), destination.Length).CopyTo(destination);
        ArrayPool<float>.Shared.Return(buffer);
    }
}
