using Cerise.Tensors;

namespace Cerise.Training.Tests.Optimizers;

public class BlendTests
{
    [Theory]
    [InlineData(0.6, 1, 0.5, 0.8)]                                          // TR-DPO's mix of policy and reference
    [InlineData(0.008, 2, 1, 1.008)]                                        // a moving average of weights
    public void V121_mixes(float amount, float source, float target, double expected)
    {
        using Device device = Device.Cpu(1);
        using Parameter from = new(device, "from", new Shape(70, 3), ParameterLayout.Panels);
        using Parameter to = new(device, "to", new Shape(70, 3), ParameterLayout.Panels);
        from.SetRows(0, [.. Enumerable.Repeat(source, 210)]);
        to.SetRows(0, [.. Enumerable.Repeat(target, 210)]);
        device.Blend(from.Value, to.Value, to.PaddedLength, amount);
        Assert.All(to.ToArray(), weight => Assert.Equal(expected, weight, 1e-6));
        Assert.All(from.ToArray(), weight => Assert.Equal(source, weight));
    }

    [Fact]
    public void V121_an_amount_of_1_copies_the_bits()
    {
        using Device device = Device.Cpu(1);
        using Parameter from = new(device, "from", new Shape(4), ParameterLayout.Plain);
        using Parameter to = new(device, "to", new Shape(4), ParameterLayout.Plain);
        from.SetRows(0, [1e-30f, 0.1f, -3.7f, 1e30f]);
        to.SetRows(0, [1e30f, 1e10f, 1e-7f, -1e30f]);
        device.Blend(from.Value, to.Value, to.PaddedLength, 1);
        Assert.Equal(from.ToArray(), to.ToArray());
    }
}
