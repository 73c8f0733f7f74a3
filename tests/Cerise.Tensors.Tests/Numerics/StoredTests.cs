using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Numerics;

public sealed unsafe class StoredTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Fact]
    public void Every_bfloat16_widens_to_the_float_whose_upper_half_it_is()
    {
        for (uint bits = 0; bits < 0x10000; bits++)
            Assert.Equal(bits << 16, Bits.Of(StoredBfloat16.Widen((ushort)bits)));
    }

    [Fact]
    public void Every_float16_widens_to_the_same_number()
    {
        for (int bits = 0; bits < 0x10000; bits++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
            float actual = StoredFloat16.Widen((ushort)bits);
            if (float.IsNaN(expected))
                Assert.True(float.IsNaN(actual), $"{bits:x4} is NaN, widened to {actual}");
            else
                Assert.Equal(Bits.Of(expected), Bits.Of(actual));
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void All_patterns_widen_alike_in_lanes_and_one_by_one(SimdLevel level)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                WidensAll<Lanes512>();
                break;
            case SimdLevel.Vector256:
                WidensAll<Lanes256>();
                break;
            case SimdLevel.Vector128:
                WidensAll<Lanes128>();
                break;
            default:
                WidensAll<LanesScalar>();
                break;
        }
    }

    [Fact]
    public void Every_stored_number_is_its_own_nearest()
    {
        for (int bits = 0; bits < 0x10000; bits++)
        {
            NarrowsBack<StoredBfloat16>((ushort)bits);
            NarrowsBack<StoredFloat16>((ushort)bits);
        }
    }

    // Between any two neighbours: a little below the middle goes down, a little above goes up, the middle itself to the even one.
    [Fact]
    public void Narrowing_goes_to_the_nearest_and_from_the_middle_to_the_even()
    {
        for (int bits = 0; bits < 0x7F80; bits++)
            RoundsBetween<StoredBfloat16>((ushort)bits, last: 0x7F7F);
        for (int bits = 0; bits < 0x7C00; bits++)
            RoundsBetween<StoredFloat16>((ushort)bits, last: 0x7BFF);
    }

    [Theory]
    [InlineData(DType.Float32, "float32", 4, 1.2345678f, 1.2345678f)]
    [InlineData(DType.Bfloat16, "bfloat16", 2, 1.2345678f, 1.234375f)]
    [InlineData(DType.Float16, "float16", 2, 1.2345678f, 1.234375f)]
    [InlineData(DType.Bfloat16, "bfloat16", 2, 3e38f, 3.0040553e38f)]
    [InlineData(DType.Float16, "float16", 2, 65519.99f, 65504f)]
    [InlineData(DType.Float16, "float16", 2, 65520f, float.PositiveInfinity)]
    [InlineData(DType.Float16, "float16", 2, 1e-7f, 1.1920929e-7f)]
    public void A_type_has_a_name_a_size_and_rounds(DType dtype, string name, int size, float value, float rounded)
    {
        Assert.Equal((name, size, dtype), (dtype.Name(), dtype.Size(), DTypes.Find(name)));
        Assert.Equal(rounded, dtype.Round(value));
        Assert.Equal(-rounded, dtype.Round(-value));
        Assert.True(float.IsNaN(dtype.Round(float.NaN)));
        Assert.Null(DTypes.Find("float8"));
    }

    private static void WidensAll<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        ushort* pairs = stackalloc ushort[32];
        float* lanes = stackalloc float[16];
        for (int first = 0; first < 0x10000; first += 32)
        {
            for (int i = 0; i < 32; i++)
                pairs[i] = (ushort)(first + i);
            for (int upper = 0; upper < 2; upper++)
            {
                TLanes.Store(StoredBfloat16.Load<TLanes>((byte*)pairs, upper), lanes);
                for (int i = 0; i < 16; i++)
                    Assert.Equal(Bits.Of(StoredBfloat16.Widen(pairs[(2 * i) + upper])), Bits.Of(lanes[i]));
                TLanes.Store(StoredFloat16.Load<TLanes>((byte*)pairs, upper), lanes);
                for (int i = 0; i < 16; i++)
                    Assert.Equal(Bits.Of(StoredFloat16.Widen(pairs[(2 * i) + upper])), Bits.Of(lanes[i]));
            }
        }
    }

    private static void NarrowsBack<TStored>(ushort bits)
        where TStored : struct, IStored16
    {
        float widened = TStored.Widen(bits);
        if (float.IsNaN(widened))
            Assert.True(float.IsNaN(TStored.Widen(TStored.Narrow(widened))));
        else
            Assert.Equal(bits, TStored.Narrow(widened));
    }

    private static void RoundsBetween<TStored>(ushort lower, ushort last)
        where TStored : struct, IStored16
    {
        ushort upper = (ushort)(lower + 1);
        double below = TStored.Widen(lower);
        double above = lower == last ? (2 * below) - TStored.Widen((ushort)(lower - 1)) : TStored.Widen(upper);
        double middle = (below + above) / 2;
        if (middle > float.MaxValue)
            return;
        float half = (float)middle;
        if (half != middle)
            return;                                                        // the middle of bfloat16's least numbers is no float32
        Assert.Equal(lower % 2 == 0 ? lower : upper, TStored.Narrow(half));
        Assert.Equal(lower, TStored.Narrow(MathF.BitDecrement(half)));
        Assert.Equal(upper, TStored.Narrow(MathF.BitIncrement(half)));
        Assert.Equal((ushort)(upper | 0x8000), TStored.Narrow(-MathF.BitIncrement(half)));
    }
}
