using System.Buffers;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models;

/// <summary>The weights of a model that was never trained: matrices and embedding from N(0, initializer_range), norms 1 (or 0 where 1 is added to them), biases 0.</summary>
/// <remarks>
/// Number i of a tensor is a pure function of seed, tensor name and i, so weights drawn in any pieces, on any number of threads, are the same.
/// </remarks>
public static class FreshWeights
{
    private const int NumbersPerTask = 4096;

    /// <summary>Draws a part of a tensor.</summary>
    /// <param name="tensor">The tensor, from <see cref="ModelTensors"/>.</param>
    /// <param name="config">Gives the standard deviation.</param>
    /// <param name="seed">Source of the model's weights.</param>
    /// <param name="firstElement">Index of the first element, row-major.</param>
    /// <param name="destination">Receives the values.</param>
    public static void Fill(ExpectedTensor tensor, ModelConfig config, Seed seed, long firstElement, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentNullException.ThrowIfNull(config);
        if (tensor.Role is TensorRole.Bias or TensorRole.NormWeight or TensorRole.ShiftedNormWeight)
        {
            destination.Fill(tensor.Role == TensorRole.NormWeight ? 1 : 0);
            return;
        }
        Seed own = seed.Fork(tensor.Name);
        double deviation = config.InitializerRange;
        int length = destination.Length;
        float[] values = ArrayPool<float>.Shared.Rent(length);
        Parallel.For(0, (length + NumbersPerTask - 1) / NumbersPerTask, task =>
        {
            for (int i = task * NumbersPerTask, end = Math.Min(i + NumbersPerTask, length); i < end; i++)
                values[i] = (float)(deviation * own.Normal(firstElement + i));
        });
        values.AsSpan(0, length).CopyTo(destination);
        ArrayPool<float>.Shared.Return(values);
    }

    /// <summary>
    /// Saves a fresh model in Hugging Face's layout, drawing the weights while they are written: no more memory is taken than a few pieces of a
    /// tensor.
    /// </summary>
    /// <remarks>The same seed gives the weights of <see cref="CausalModel.Create"/>.</remarks>
    /// <param name="folder">Made if it is missing.</param>
    /// <param name="config">Sizes.</param>
    /// <param name="seed">Source of the weights.</param>
    /// <param name="dtype">float32, bfloat16 or float16; null keeps what the config says, float32 when it says nothing or float64.</param>
    /// <param name="cancellation">Stops between two pieces; nothing of the weights remains then.</param>
    /// <exception cref="CheckpointException">The sizes do not fit together, or a file cannot be written.</exception>
    public static void Save(string folder, ModelConfig config, Seed seed, SafetensorsDType? dtype = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        SafetensorsDType type = CausalModel.SavedType(config, dtype);
        TensorToWrite[] tensors =
        [
            .. ModelTensors.Of(config).Select(tensor => new TensorToWrite(tensor.Name, tensor.Shape, type, (first, destination) =>
            {
                cancellation.ThrowIfCancellationRequested();
                Fill(tensor, config, seed, first, destination);
            })),
        ];
        SafetensorsWriter.WriteModel(folder, tensors);
        (config with { DType = type }).Save(folder);
    }
}
