using Cerise.Models;
using Cerise.Tensors;
using Cerise.Training.Optimizers;
using Cerise.Training.Tests.Trainers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Optimizers;

public class LearningRatesTests
{
    [Fact]
    public void V119_cosine_and_linear_after_a_warm_up()
    {
        long[] steps = [0, 5, 10, 55, 100];
        Near([0, 0.5, 1, 0.55, 0.1], [.. steps.Select(step => LearningRates.At(LearningRateSchedule.Cosine, step, 10, 100, 1, 0.1))]);
        Near([0, 0.5, 1, 0.5, 0], [.. steps.Select(step => LearningRates.At(LearningRateSchedule.Linear, step, 10, 100, 1, 0))]);
        Near([0, 0.5, 1, 1, 1], [.. steps.Select(step => LearningRates.At(LearningRateSchedule.Constant, step, 10, 100, 1, 0.1))]);
    }

    [Theory]
    [InlineData(LearningRateSchedule.Constant)]
    [InlineData(LearningRateSchedule.Linear)]
    [InlineData(LearningRateSchedule.Cosine)]
    public void Past_the_end_the_rate_stays(LearningRateSchedule schedule)
    {
        double end = LearningRates.At(schedule, 100, 10, 100, 1, 0.1);
        Assert.Equal(end, LearningRates.At(schedule, 1000, 10, 100, 1, 0.1));
        Assert.Equal(schedule == LearningRateSchedule.Constant ? 1 : 0.1, end, 1e-12);
    }

    [Fact]
    public void A_warm_up_as_long_as_the_run_or_longer_is_a_straight_line()
    {
        Assert.Equal(0.5, LearningRates.At(LearningRateSchedule.Cosine, 50, 100, 100, 1, 0.1));
        Assert.Equal(0.25, LearningRates.At(LearningRateSchedule.Cosine, 50, 200, 100, 1, 0.1));
        Assert.Equal(1, LearningRates.At(LearningRateSchedule.Cosine, 100, 100, 100, 1, 0.1));
    }

    [Fact]
    public void The_warm_ups_first_update_has_a_rate_above_zero()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, new PretrainOptions { LearningRate = 1, WarmupSteps = 4, MinLrRatio = 0.1 }, 10);
        List<double> rates = [];
        for (int step = 0; step < 10; step++)
        {
            rates.Add(optimizer.LearningRate);
            optimizer.Update();
        }
        Near([0.25, 0.5, 0.75, 1, 1], [.. rates[..5]]);
        Assert.Equal(LearningRates.At(LearningRateSchedule.Cosine, 9, 4, 10, 1, 0.1), rates[^1]);
        Assert.Equal(10, optimizer.Step);
    }

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-12);
    }
}
