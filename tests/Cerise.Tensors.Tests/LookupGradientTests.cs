using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

public sealed class LookupGradientTests
{
    private const int Rows = 300;

    [Fact]
    public void Memory_is_held_for_the_rows_that_were_looked_up_alone()
    {
        using Device device = Device.Cpu(1);
        using Parameter table = NewTable(device);
        AddRows(device, table, [7, 290, 7]);
        Assert.Equal([7, 290], table.Lookups.Rows.ToArray());
        Assert.True(table.Lookups.Sums!.Length < Rows * table.Shape.Columns / 2);
        table.ZeroGradient();
        Assert.Equal(0, table.Lookups.Count);
    }

    // Sums must survive when more rows need more memory, and a forgotten row must begin at zero again.
    [Fact]
    public void Rows_are_summed_over_any_number_of_batches_and_forgotten_when_read()
    {
        using Device device = Device.Cpu(2);
        using Parameter table = NewTable(device);
        for (int time = 0; time < 2; time++)
        {
            float[] expected = new float[Rows];
            RandomStream draws = Seed.From(time).Stream();
            for (int batch = 1; batch <= 6; batch++)
            {
                int[] ids = [.. Enumerable.Range(0, batch * batch * 5).Select(_ => draws.Between(0, Rows - 1))];
                AddRows(device, table, ids);
                foreach (int id in ids)
                    expected[id]++;
            }
            float[] gradient = table.ToArray(table.Gradient!);
            for (int row = 0; row < Rows; row++)
                Assert.Equal([expected[row], 2 * expected[row], 3 * expected[row]], gradient[(3 * row)..(3 * (row + 1))]);
            Assert.Equal(0, table.Lookups.Count);
            table.ZeroGradient();
        }
    }

    private static Parameter NewTable(Device device) =>
        OpCheck.NewParameter(device, "table", new Shape(Rows, 3), ParameterLayout.Panels, new float[3 * Rows]);

    // Every row that is looked up receives the gradient (1, 2, 3).
    private static void AddRows(Device device, Parameter table, int[] ids)
    {
        using Graph graph = new(device, record: true);
        graph.Backward(graph.Embedding(table, new Indices(ids)).Dot([.. ids.SelectMany(_ => (float[])[1, 2, 3])]));
    }
}
