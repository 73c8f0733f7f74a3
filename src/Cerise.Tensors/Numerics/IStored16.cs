namespace Cerise.Tensors.Numerics;

/// <summary>A 16-bit type that weights are stored in, and how single numbers are rounded to it.</summary>
/// <remarks>
/// Vectors lie in pairs: the lower halves of sixteen 32-bit words are columns 0 to 15, the upper halves columns 16 to 31. A shift or a mask then widens sixteen
/// bfloat16 in one instruction, where numbers side by side would have to be spread first.
/// </remarks>
internal interface IStored16 : IStored
{
    /// <summary>The nearest stored number, ties to even; NaN stays NaN.</summary>
    public static abstract ushort Narrow(float value);

    /// <summary>The same number as a float32.</summary>
    public static abstract float Widen(ushort bits);
}
