namespace Cerise.Tensors;

/// <summary>How a number is stored. Whatever it is, kernels compute and add up in float32.</summary>
public enum DType
{
    /// <summary>32 bits: what is trained, and what every activation is.</summary>
    Float32,

    /// <summary>The upper half of a float32: 8 significant bits, the range of float32.</summary>
    Bfloat16,

    /// <summary>IEEE half: 11 significant bits, up to 65,504; 2^-24 at the least.</summary>
    Float16,
}
