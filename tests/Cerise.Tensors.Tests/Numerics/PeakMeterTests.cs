using System.Runtime.InteropServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Numerics;

public sealed class PeakMeterTests
{
    public static TheoryData<SimdLevel> Levels => [.. Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best)];

    [Theory]
    [MemberData(nameof(Levels))]
    public void Every_chain_of_a_loop_runs_every_step(SimdLevel level)
    {
        // x -> 0.5 x + 0.5 from x0 + j / 2: after n steps 1 + (x0 + j / 2 - 1) / 2^n, summed over 12 chains and all lanes.
        int lanes = FmaLoops.PerStep(level) / 12;
        for (int steps = 0; steps <= 5; steps++)
        {
            double expected = Enumerable.Range(0, 12).Sum(j => 1 + ((3 + (j / 2.0) - 1) / Math.Pow(2, steps)));
            Assert.Equal(lanes * expected, FmaLoops.Run(level, steps, 3), 1e-3);
        }
    }

    [Fact]
    public unsafe void Reading_sums_every_number_of_a_piece()
    {
        float* memory = (float*)NativeMemory.AlignedAlloc(384 * sizeof(float), 64);
        for (int i = 0; i < 384; i++)
            memory[i] = i;
        Assert.Equal(384 * 383 / 2, FmaLoops.Sum(memory, 384));
        NativeMemory.AlignedFree(memory);
    }

    [Fact]
    public void Bursts_give_figures_for_one_thread_and_for_all()
    {
        using var meter = new PeakMeter(2);
        Assert.Equal(0, meter.ReservedBytes);
        Assert.True(meter.MeasureGigabytesPerSecond(1) > 0);
        Assert.True(meter.MeasureGigabytesPerSecond(2) > 0);
        Assert.True(meter.MeasureGigabytesPerSecond(2, workingSet: 1) > 0);
        Assert.True(meter.MeasureGigabytesPerSecond(2, workingSet: long.MaxValue / 2) > 0);
        Assert.Equal(1 << 29, meter.ReservedBytes);
        Assert.True(meter.MeasureGflops(1) > 0);
        Assert.True(meter.MeasureGflops(2) > 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => meter.MeasureGflops(3));
    }
}
