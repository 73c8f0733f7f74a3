using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cerise.Tensors.Numerics;

/// <summary>The vector instructions kernels are specialised for, chosen once when a device is made.</summary>
public enum SimdLevel
{
    /// <summary>No vectors: one float at a time.</summary>
    Scalar,

    /// <summary>128-bit vectors (SSE, NEON).</summary>
    Vector128,

    /// <summary>256-bit vectors (AVX2 with FMA).</summary>
    Vector256,

    /// <summary>512-bit vectors (AVX-512).</summary>
    Vector512,
}

/// <summary>What this machine can do.</summary>
public static class Simd
{
    /// <summary>The widest level this process may use; lowered by DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0 and DOTNET_EnableHWIntrinsic=0.</summary>
    public static SimdLevel Best =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? SimdLevel.Vector512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? SimdLevel.Vector256
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;
}
