using BenchmarkDotNet.Attributes;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Benchmarks;

/// <summary>A device and memory on it, filled with the same numbers in every run.</summary>
public abstract class KernelBenchmark : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Made when first used: instances are also made just to list what there is.</summary>
    protected Device Device => field ??= Own(Device.Cpu());

    private Graph Graph => field ??= Own(new Graph(Device, record: false));

    [GlobalCleanup]
    public void Dispose()
    {
        for (int i = _owned.Count - 1; i >= 0; i--)
            _owned[i].Dispose();
        _owned.Clear();
        GC.SuppressFinalize(this);
    }

    protected Tensor Draw(int rows, int columns = 1) => Graph.From(Numbers(rows * columns), new Shape(rows, columns));

    protected Tensor New(int rows, int columns = 1) => Graph.New(new Shape(rows, columns));

    protected Parameter Weight(ParameterLayout layout, int rows, int columns = 1)
    {
        Parameter weight = Own(new Parameter(Device, "weight", new Shape(rows, columns), layout));
        weight.SetRows(0, Numbers(rows * columns));
        weight.RequireGradient();
        return weight;
    }

    protected T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private static float[] Numbers(int count)
    {
        Seed seed = Seed.From(1);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
            numbers[i] = (float)seed.Uniform(i) - 0.5f;
        return numbers;
    }
}
