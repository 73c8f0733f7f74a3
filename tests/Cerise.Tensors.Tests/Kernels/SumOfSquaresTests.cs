using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class SumOfSquaresTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_length_matches_a_plain_sum_on_any_number_of_threads(SimdLevel level)
    {
        using Device one = Device.Cpu(1, level);
        using Device three = Device.Cpu(3, level);
        foreach (int length in (int[])[0, 1, 2, 15, 16, 17, 31, 33, 257, 4095, 4096, 4097, 30_001])
        {
            float[] x = Draws.Normal(Seed.From(length), length);
            double expected = x.Sum(v => (double)v * v);
            double sum = Sum(one, x);
            Assert.Equal(expected, sum, 1e-6 * (expected + 1e-9));
            Assert.Equal(sum, Sum(three, x));
        }
        Assert.Equal(25, Sum(one, [3, 4]));                                // V118's norm: 5
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_NaN_or_an_infinity_anywhere_shows(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        foreach (int place in (int[])[0, 17, 39])
        {
            float[] x = new float[40];
            x[place] = float.NaN;
            Assert.True(double.IsNaN(Sum(device, x)));
            x[place] = float.NegativeInfinity;
            Assert.Equal(double.PositiveInfinity, Sum(device, x));
        }
    }

    private static double Sum(Device device, float[] x)
    {
        using Storage storage = device.Allocate(x.Length);
        device.CopyFromHost(x, storage);
        return device.SumOfSquares(storage, x.Length);
    }
}
