using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class SwitchedOffTests
{
    // Stands among the kernel tests so that it runs in their child processes, where it says that they test what they claim.
    [Fact]
    public void Switched_off_instructions_lower_the_level()
    {
        SimdLevel allowed = IsOff("DOTNET_EnableHWIntrinsic") ? SimdLevel.Scalar
            : IsOff("DOTNET_EnableAVX2") ? SimdLevel.Vector128
            : IsOff("DOTNET_EnableAVX512") ? SimdLevel.Vector256
            : SimdLevel.Vector512;
        Assert.InRange(Simd.Best, SimdLevel.Scalar, allowed);
    }

    private static bool IsOff(string name) => Environment.GetEnvironmentVariable(name) == "0";
}
