using Cerise.Tensors;

namespace Cerise.Models.Checkpoints;

/// <summary>Types of files and types of weights in memory.</summary>
public static class StoredTypes
{
    /// <summary>The type in a file that holds a weight's numbers exactly.</summary>
    public static SafetensorsDType InFile(this DType dtype) => dtype switch
    {
        DType.Bfloat16 => SafetensorsDType.BF16,
        DType.Float16 => SafetensorsDType.F16,
        _ => SafetensorsDType.F32,
    };

    /// <summary>The type in memory for weights of a file's type: the same where there is one, else float32.</summary>
    public static DType InMemory(this SafetensorsDType dtype) => dtype switch
    {
        SafetensorsDType.BF16 => DType.Bfloat16,
        SafetensorsDType.F16 => DType.Float16,
        _ => DType.Float32,
    };
}
