using Cerise.Models.Adapters;
using Cerise.Models.Tests.Families;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests.Adapters;

/// <summary>Gradients by an adapter's factors in a whole model against central differences of the float64 reference with W + s B A in the place of W.</summary>
public sealed class AdapterGradientTests
{
    private const double Step = 1e-5;

    [Theory]
    [InlineData("llama", "lora")]
    [InlineData("llama", "rslora")]
    [InlineData("llama", "dora")]
    [InlineData("llama", "tables")]
    [InlineData("qwen3", "dora")]
    [InlineData("phi3", "lora")]
    [InlineData("gpt2", "dora")]
    public void Gradients_match_differences_of_the_reference(string family, string kind)
    {
        Seed seed = Seed.From(9).Fork(family);
        using Device device = Device.Cpu(2);
        using CausalModel model = FamilyCases.NewModel(family, device, layers: 2);
        LoraAdapter adapter = AdaptedModels.Add(model, AdaptedModels.Kind(kind), seed);
        int[][] sequences = FamilyCases.Sequences(family, 3, 12, 67);
        TokenBatch batch = TokenBatch.PackAll(sequences);
        float[] slopes = [.. Enumerable.Range(0, batch.Targets.Count).Select(i => (float)seed.Fork("slopes").Normal(i))];
        model.RequireGradients();
        using Graph graph = new(device, record: true);
        graph.Backward(model.LogProbs(graph, batch).LogProbs.Dot(slopes));

        PlainModel reference = FamilyCases.Reference(model);
        ReferenceModule[] modules = [.. adapter.Modules.Select(path => new ReferenceModule(reference, model, adapter, path))];
        foreach (ReferenceModule module in modules.Where(module => !module.Path.Contains(".0.", StringComparison.Ordinal)))
            Check(module, reference);

        void Check(ReferenceModule module, PlainModel whole)
        {
            foreach ((Parameter parameter, double[] values) in module.Trained)
            {
                float[] gradients = parameter.ToArray(parameter.Gradient!);
                double scale = GradientCheck.Scale(gradients);
                Assert.True(scale > 0, parameter.Name);
                for (int i = 0; i < 3; i++)
                {
                    // Of a table's factor, a token that occurs.
                    int index = module.IsTable && parameter == module.Factors.Down ? (sequences[2][i] * module.Factors.Rank) + (i % module.Factors.Rank) : seed.Fork(parameter.Name).Below(i, values.Length);
                    double difference = (Loss(whole, module, values, index, Step) - Loss(whole, module, values, index, -Step)) / (2 * Step);
                    Assert.True(
                        Math.Abs(difference - gradients[index]) <= 1e-3 * (Math.Abs(difference) + scale), $"{family}, {kind}: '{parameter.Name}', number {index}: the gradient is {gradients[index]}, by differences {difference}");
                }
            }
        }

        double Loss(PlainModel whole, ReferenceModule module, double[] values, int index, double step)
        {
            double kept = values[index];
            values[index] = kept + step;
            module.Apply();
            double loss = sequences.SelectMany(ids => whole.Score(ids, 1).LogProbs).Zip(slopes, (x, w) => x * w).Sum();
            values[index] = kept;
            module.Apply();
            return loss;
        }
    }

    /// <summary>A weight of the reference with its adapter, in float64. The norms of DoRA are those of the beginning, as the gradient takes them.</summary>
    private sealed class ReferenceModule
    {
        private readonly double[] _base;
        private readonly double[] _target;
        private readonly double[] _down;
        private readonly double[] _up;
        private readonly double[]? _magnitude;
        private readonly double[] _norms;

        public ReferenceModule(PlainModel reference, CausalModel model, LoraAdapter adapter, string path)
        {
            Path = path;
            Factors = adapter.Factors(path);
            IsTable = path.EndsWith("embed_tokens", StringComparison.Ordinal) || path.EndsWith("wte", StringComparison.Ordinal);
            _target = reference.Weights[path + ".weight"];
            _base = Array.ConvertAll(model.Parameter(path + ".weight").ToArray(), x => (double)x);
            (_down, _up) = (Wide(Factors.Down), Wide(Factors.Up));
            _magnitude = Factors.Magnitude is { } magnitude ? Wide(magnitude) : null;
            Columns = IsTable ? Factors.Up.Shape.Rows : Factors.Down.Shape.Rows;
            _norms = [.. Enumerable.Repeat(1.0, _base.Length / Columns)];
            if (_magnitude is not null)
                _norms = [.. Enumerable.Range(0, _norms.Length).Select(row => Math.Sqrt(Enumerable.Range(0, Columns).Sum(column => Math.Pow(Plain(row, column), 2))))];
            Apply();
        }

        public string Path { get; }

        public LowRankAdapter Factors { get; }

        public bool IsTable { get; }

        public IEnumerable<(Parameter Parameter, double[] Values)> Trained =>
            _magnitude is null ? [(Factors.Down, _down), (Factors.Up, _up)] : [(Factors.Down, _down), (Factors.Up, _up), (Factors.Magnitude!, _magnitude)];

        private int Columns { get; }

        public void Apply()
        {
            for (int row = 0; row < _norms.Length; row++)
                for (int column = 0; column < Columns; column++)
                    _target[(row * Columns) + column] = (_magnitude?[row] ?? 1) / _norms[row] * Plain(row, column);
        }

        private double Plain(int row, int column)
        {
            (double[] rows, double[] columns) = IsTable ? (_down, _up) : (_up, _down);
            return _base[(row * Columns) + column] + (Factors.Scale * Enumerable.Range(0, Factors.Rank).Sum(r => rows[(row * Factors.Rank) + r] * columns[(column * Factors.Rank) + r]));
        }

        private static double[] Wide(Parameter parameter) => Array.ConvertAll(parameter.ToArray(), x => (double)x);
    }
}
