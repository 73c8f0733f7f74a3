namespace Cerise.Tensors.Numerics;

/// <summary>Sixteen float32 lanes, whatever the machine's vectors are: one Vector512, two Vector256, four Vector128, or sixteen floats.</summary>
/// <remarks>
/// Kernels are written once over this type and specialised by the JIT. Because every kind has sixteen lanes, sums are grouped alike everywhere, so
/// machines with fused multiply-add agree to the last bit whatever their vector width. Tails are handled by the same code on a zero-padded copy
/// (<see cref="LoadPart"/>, <see cref="StorePart"/>), never by a second scalar loop.
/// </remarks>
internal unsafe interface ILanes<TSelf>
    where TSelf : struct, ILanes<TSelf>
{
    public static abstract TSelf Zero { get; }

    public static abstract TSelf Broadcast(float value);

    public static abstract TSelf Load(float* source);

    /// <summary>Sixteen bfloat16 of 32 that lie in pairs (<see cref="IStored16"/>), widened.</summary>
    public static abstract TSelf LoadBfloat16(ushort* pairs, bool upper);

    /// <summary>Sixteen float16 of 32 that lie in pairs (<see cref="IStored16"/>), widened as <see cref="StoredFloat16"/> says.</summary>
    public static abstract TSelf LoadFloat16(ushort* pairs, bool upper);

    public static abstract void Store(TSelf value, float* target);

    /// <summary>a * b + c, rounded once where the machine has fused multiply-add.</summary>
    public static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    public static abstract TSelf operator +(TSelf a, TSelf b);

    public static abstract TSelf operator -(TSelf a, TSelf b);

    public static abstract TSelf operator *(TSelf a, TSelf b);

    public static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>The larger of each pair; a NaN in <paramref name="b"/> survives.</summary>
    public static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller of each pair; a NaN in <paramref name="b"/> survives.</summary>
    public static abstract TSelf Min(TSelf a, TSelf b);

    public static abstract TSelf Sqrt(TSelf a);

    /// <summary>The nearest whole number, ties to even.</summary>
    public static abstract TSelf Round(TSelf a);

    /// <summary>2^n for whole n in [-126, 127], made by writing the exponent field.</summary>
    public static abstract TSelf PowerOfTwo(TSelf n);

    /// <summary><paramref name="whenLess"/> in the lanes where a is less than b, else <paramref name="otherwise"/>.</summary>
    public static abstract TSelf SelectLess(TSelf a, TSelf b, TSelf whenLess, TSelf otherwise);

    /// <summary>The sum of the lanes by one fixed tree: halves added until one number is left.</summary>
    public static abstract float Sum(TSelf a);

    /// <summary>The largest lane.</summary>
    public static abstract float MaxLane(TSelf a);

    /// <summary>Writes sixteen rows of sixteen numbers as columns.</summary>
    public static virtual void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        for (int i = 0; i < 16; i++)
            for (int j = 0; j < 16; j++)
                target[(j * targetStride) + i] = source[(i * sourceStride) + j];
    }

    /// <summary>The first <paramref name="count"/> lanes from memory, <paramref name="fill"/> in the others.</summary>
    public static virtual TSelf LoadPart(float* source, int count, float fill = 0)
    {
        float* padded = stackalloc float[16];
        for (int i = 0; i < 16; i++)
            padded[i] = i < count ? source[i] : fill;
        return TSelf.Load(padded);
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    public static virtual void StorePart(TSelf value, float* target, int count)
    {
        float* padded = stackalloc float[16];
        TSelf.Store(value, padded);
        for (int i = 0; i < count; i++)
            target[i] = padded[i];
    }
}
