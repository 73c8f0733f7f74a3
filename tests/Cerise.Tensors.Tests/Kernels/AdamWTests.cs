using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class AdamWTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    // algorithms.md, section 13.10
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Two_steps_match_V116(SimdLevel level)
    {
        AssertSteps(level, [0.899, 0.86354042], 0.999f, 0.01f);
        AssertSteps(level, [0.9, 0.86512034], 0.95f, 0);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Epsilon_is_added_after_the_correction_as_in_V117(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        float[] theta = Update(device, [0], [1e-6f], [new AdamWStep(1e-3f, 0.9f, 0.999f, 1e-5f, 0, 1, 1)]);
        Assert.Equal(-9.0909091e-5, theta[0], 1e-9);
    }

    // Clipping is a factor on the gradient: |[3, 4]| = 5 is brought to 1, as in V118, and AdamW then sees [0.6, 0.8].
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Gradients_are_scaled_first(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        float scale = 1 / (5 + 1e-6f);
        AdamWStep step = new(0.1f, 0.9f, 0.999f, 1, 0, scale, 1);
        float[] scaled = Update(device, [0, 0], [3, 4], [step]);
        float[] direct = Update(device, [0, 0], [0.59999988f, 0.79999984f], [step with { GradScale = 1 }]);
        Assert.Equal(direct[0], scaled[0], 1e-7f);
        Assert.Equal(direct[1], scaled[1], 1e-7f);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Many_steps_match_the_reference_at_every_length(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        foreach (int length in (int[])[.. Enumerable.Range(1, 66), 20_001])
        {
            Seed seed = Seed.From(length);
            float[] theta = Draws.Normal(seed.Fork("theta"), length);
            float[] gradient = Draws.Normal(seed.Fork("gradient"), length, 0.01f);
            AdamWStep[] steps = [.. Enumerable.Range(1, 3).Select(t => new AdamWStep(0.01f, 0.9f, 0.95f, 1e-8f, 0.1f, t == 2 ? 0.3f : 1, t))];
            double[] expected = Draws.Widen(theta);
            (double[] m, double[] v) = (new double[length], new double[length]);
            foreach (AdamWStep step in steps)
                AdamW.Reference.Step<double>(step, Draws.Widen(gradient), expected, m, v);
            OpCheck.AssertClose(expected, 1, Update(device, theta, gradient, steps), 1e-6, $"{length} numbers, {level}");
        }
    }

    private static void AssertSteps(SimdLevel level, double[] expected, float beta2, float weightDecay)
    {
        using Device device = Device.Cpu(1, level);
        using Parameter parameter = OpCheck.NewParameter(device, "theta", new Shape(1), ParameterLayout.Plain, [1]);
        using Storage m = Zeros(device, 1);
        using Storage v = Zeros(device, 1);
        float[] gradients = [0.5f, -0.2f];
        for (int t = 0; t < 2; t++)
        {
            device.CopyFromHost([gradients[t]], parameter.Gradient!);
            device.AdamW(parameter, m, v, new AdamWStep(0.1f, 0.9f, beta2, 1e-8f, weightDecay, 1, t + 1));
            Assert.Equal(expected[t], parameter.ToArray()[0], 1e-6);
        }
    }

    private static float[] Update(Device device, float[] theta, float[] gradient, AdamWStep[] steps)
    {
        using Parameter parameter = OpCheck.NewParameter(device, "theta", new Shape(theta.Length), ParameterLayout.Plain, theta);
        using Storage m = Zeros(device, theta.Length);
        using Storage v = Zeros(device, theta.Length);
        foreach (AdamWStep step in steps)
        {
            device.CopyFromHost(gradient, parameter.Gradient!);
            device.AdamW(parameter, m, v, step);
            Assert.All(parameter.ToArray(parameter.Gradient!), left => Assert.Equal(0f, left));
        }
        return parameter.ToArray();
    }

    private static Storage Zeros(Device device, int length)
    {
        Storage storage = device.Allocate(length);
        device.Fill(storage, 0, length, 0);
        return storage;
    }
}
