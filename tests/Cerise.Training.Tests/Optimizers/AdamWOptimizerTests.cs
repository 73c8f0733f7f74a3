using Cerise.Models;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Optimizers;
using Cerise.Training.Tests.Losses;
using Cerise.Training.Tests.Trainers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Optimizers;

public class AdamWOptimizerTests
{
    [Theory]
    [InlineData(0.999, 0.01, 0.899, 0.86354042)]
    [InlineData(0.95, 0, 0.9, 0.86512034)]
    public void V116_two_updates(double beta2, double weightDecay, double first, double second)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, Options() with { LearningRate = 0.1, AdamBeta2 = beta2, WeightDecay = weightDecay }, 10);
        Parameter matrix = model.Parameter("model.layers.0.mlp.up_proj.weight");
        Set(matrix, 1);
        SetGradient(matrix, 0.5f);
        optimizer.Update();
        Assert.All(matrix.ToArray(), theta => Engine.Near(first, theta, 1e-7));
        SetGradient(matrix, -0.2f);
        optimizer.Update();
        Assert.All(matrix.ToArray(), theta => Engine.Near(second, theta, 1e-6));
    }

    [Fact]
    public void V117_epsilon_is_added_after_the_bias_correction()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, Options() with { LearningRate = 1e-3, AdamBeta2 = 0.999, AdamEpsilon = 1e-5 }, 10);
        Parameter matrix = model.Parameter("model.layers.0.mlp.up_proj.weight");
        Set(matrix, 0);
        SetGradient(matrix, 1e-6f);
        optimizer.Update();
        Assert.All(matrix.ToArray(), change => Assert.Equal(-9.0909091e-5, change, 1e-9));
    }

    [Fact]
    public void V118_clipping()
    {
        double factor = AdamWOptimizer.ClipFactor(5, 1);
        Assert.Equal(0.59999988, 3 * factor, 1e-8);
        Assert.Equal(0.79999984, 4 * factor, 1e-8);
        Assert.Equal(1, AdamWOptimizer.ClipFactor(5, 0));
        Assert.Equal(1, AdamWOptimizer.ClipFactor(0.5, 1));
        Assert.Equal(1, AdamWOptimizer.ClipFactor(0, 1));
    }

    [Fact]
    public void The_norm_is_that_of_all_weights_together_before_clipping()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, Options(), 10);
        Parameter norm = model.Parameter("model.norm.weight");
        Parameter matrix = model.Parameter("model.layers.1.self_attn.q_proj.weight");
        SetGradient(norm, 0.5f);                                            // 32 numbers: sum of squares 8
        SetGradient(matrix, 0.25f);                                         // 32 x 32: 64
        Assert.Equal(Math.Sqrt(72), optimizer.Update(), 1e-12);
        optimizer.ZeroGradients();
        Assert.All(model.Parameters, parameter => Assert.All(parameter.ToArray(parameter.Gradient!), gradient => Assert.Equal(0, gradient)));
    }

    [Fact]
    public void Only_matrices_decay_and_the_embedding_does_not()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, Options() with { LearningRate = 0.5, WeightDecay = 0.5 }, 10);
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray());
        optimizer.Update();
        foreach (Parameter parameter in model.Parameters)
        {
            bool decays = parameter.Name.Contains("proj", StringComparison.Ordinal) || parameter.Name == "lm_head.weight";
            Assert.Equal(before[parameter.Name].Select(weight => decays ? weight * 0.75f : weight), parameter.ToArray());
        }
    }

    [Fact]
    public void A_group_of_weights_has_its_own_rate_and_decay_and_the_first_that_holds_a_weight_counts()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        ParameterGroup[] groups =
        [
            new() { Params = "model.layers.0.*", LearningRateScale = 0 },
            new() { Params = "*norm*", LearningRateScale = 0.5, WeightDecay = 0.5 },
            new() { Params = "*", WeightDecay = 0 },
        ];
        using AdamWOptimizer optimizer = new(model, Options() with { LearningRate = 0.5, WeightDecay = 0.5, ParamGroups = groups }, 10);
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray());
        optimizer.Update();
        foreach (Parameter parameter in model.Parameters)
        {
            bool isNorm = parameter.Name.Contains("norm", StringComparison.Ordinal) && !parameter.Name.Contains("layers.0", StringComparison.Ordinal);
            Assert.Equal(before[parameter.Name].Select(weight => isNorm ? weight * 0.875f : weight), parameter.ToArray());
        }
        TrainingException error = Assert.Throws<TrainingException>(() => new AdamWOptimizer(model, Options() with { ParamGroups = [new() { Params = "*embedd*" }] }, 10));
        Assert.Equal("param_groups: '*embedd*' names none of the tensors that are trained; they are called like 'lm_head.weight'", error.Message);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void A_norm_that_is_not_finite_updates_nothing(float gradient, string shown)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, Options() with { WeightDecay = 0.1 }, 10);
        SetGradient(model.Parameter("model.norm.weight"), gradient);
        int[] before = Toy.Bits(model);
        TrainingException error = Assert.Throws<TrainingException>(() => optimizer.Update());
        Assert.Equal(
            $"the gradient's norm is {shown}; the weights were left as they are. Lower learning_rate or max_grad_norm, or look for damaged weights", error.Message);
        Assert.Equal(before, Toy.Bits(model));
        Assert.Equal(0, optimizer.Step);
    }

    [Fact]
    public void Saved_and_loaded_it_goes_on_with_the_same_bits()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using CausalModel other = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, Options(), 10);
        Step(model, optimizer, 1);
        Step(model, optimizer, 2);
        optimizer.Save(folder.Path);
        other.CopyFrom(model);
        using AdamWOptimizer resumed = new(other, Options(), 10);
        resumed.Load(folder.Path, 2);
        Step(model, optimizer, 3);
        Step(other, resumed, 3);
        Assert.Equal(Toy.Bits(model), Toy.Bits(other));
        Assert.Equal(3, resumed.Step);

        static void Step(CausalModel model, AdamWOptimizer optimizer, int seed)
        {
            foreach (Parameter parameter in model.Parameters)
            {
                float[] gradient = [.. Enumerable.Range(0, (int)parameter.Shape.Length).Select(i => (float)Seed.From(seed).Fork(parameter.Name).Normal(i))];
                model.Device.SetRows(parameter.Gradient!, parameter, 0, gradient);
            }
            optimizer.Update();
        }
    }

    [Theory]
    [InlineData("learning_rate is 0; use a number above 0, such as 1e-6")]
    [InlineData("warmup_steps is -1; use 0 or more")]
    [InlineData("min_lr_ratio is 1.5; use a number in [0, 1]")]
    [InlineData("adam_beta1 is 1; use a number in [0, 1), such as 0.9")]
    [InlineData("adam_beta2 is -0.5; use a number in [0, 1), such as 0.95")]
    [InlineData("adam_epsilon is 0; use a number above 0, such as 1e-8")]
    [InlineData("weight_decay is -1; use 0 or more")]
    [InlineData("max_grad_norm is -1; use 0 (off) or more")]
    public void Faults_name_the_setting_and_what_to_use(string message)
    {
        OptimizerOptions wrong = Options() with
        {
            LearningRate = 0,
            WarmupSteps = -1,
            MinLrRatio = 1.5,
            AdamBeta1 = 1,
            AdamBeta2 = -0.5,
            AdamEpsilon = 0,
            WeightDecay = -1,
            MaxGradNorm = -1,
        };
        Assert.Contains(message, wrong.Faults());
        Assert.Equal(8, wrong.Faults().Count());
        Assert.Empty(Options().Faults());
    }

    private static PretrainOptions Options() =>
        new() { LearningRate = 0.01, LrSchedulerType = LearningRateSchedule.Constant, WarmupSteps = 0, WeightDecay = 0, AdamBeta2 = 0.95, MaxGradNorm = 0 };

    private static void Set(Parameter parameter, float value) => parameter.SetRows(0, [.. Enumerable.Repeat(value, (int)parameter.Shape.Length)]);

    private static void SetGradient(Parameter parameter, float value) =>
        parameter.Value.Device.SetRows(parameter.Gradient!, parameter, 0, [.. Enumerable.Repeat(value, (int)parameter.Shape.Length)]);
}
