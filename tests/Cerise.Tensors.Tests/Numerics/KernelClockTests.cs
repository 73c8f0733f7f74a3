using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Tests.Numerics;

public sealed class KernelClockTests
{
    [Fact]
    public void Kernels_are_counted_by_name_until_the_clock_is_reset()
    {
        using Device device = Device.Cpu(2);
        using Parameter weight = new(device, "weight", new Shape(64, 32), ParameterLayout.Panels);
        using Graph graph = new(device, record: false);
        Tensor x = graph.From(new float[32], new Shape(1, 32));
        Tensor y = graph.New(new Shape(1, 64));

        device.ResetKernelTimes();
        device.Linear(x, weight, null, y);
        device.Linear(x, weight, null, y);

        KernelTime only = Assert.Single(device.KernelTimes);
        Assert.Equal(("MatMul.Forward", 2L), (only.Kernel, only.Calls));
        Assert.Equal(only.Seconds, device.KernelSeconds);
        Assert.True(only.Seconds > 0);
        device.ResetKernelTimes();
        Assert.Empty(device.KernelTimes);
    }
}
