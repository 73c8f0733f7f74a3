using Cerise.Models;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Training.Optimizers;

/// <summary>AdamW with decoupled decay (Loshchilov and Hutter 2019, arXiv:1711.05101) and clipping by the global norm, over a model's weights.</summary>
/// <remarks>Matrices decay; norms, biases and the embedding do not. Moments are float32 and saved with every checkpoint.</remarks>
public sealed class AdamWOptimizer : IDisposable
{
    private const string StateFile = "optimizer.safetensors";

    private readonly OptimizerOptions _options;
    private readonly long _totalSteps;
    private readonly CausalModel _model;
    private readonly Dictionary<Parameter, (Storage First, Storage Second)> _moments = [];

    /// <param name="model">Whose weights; they become trainable.</param>
    /// <param name="options">Learning rate and the rest.</param>
    /// <param name="totalSteps">Steps of the whole run, for the schedule.</param>
    public AdamWOptimizer(CausalModel model, OptimizerOptions options, long totalSteps)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _options = options;
        _totalSteps = totalSteps;
        RequireUsed(options.ParamGroups, model);
        model.RequireGradients();
        foreach (Parameter parameter in model.Parameters)
        {
            (Storage first, Storage second) = (model.Device.Allocate(parameter.PaddedLength), model.Device.Allocate(parameter.PaddedLength));
            model.Device.Fill(first, 0, first.Length, 0);
            model.Device.Fill(second, 0, second.Length, 0);
            _moments[parameter] = (first, second);
        }
    }

    /// <summary>Updates made.</summary>
    public long Step { get; private set; }

    /// <summary>The learning rate of the next update.</summary>
    /// <remarks>The warm-up's first update has rate peak / warmup, not 0: an update that changes nothing is none.</remarks>
    public double LearningRate => LearningRates.At(
        _options.LrSchedulerType, _options.WarmupSteps > Step ? Step + 1 : Step, _options.WarmupSteps, _totalSteps, _options.LearningRate, _options.MinLrRatio * _options.LearningRate);

    /// <summary>Forgets the gradients of the step before.</summary>
    public void ZeroGradients()
    {
        foreach (Parameter parameter in _model.Parameters)
            parameter.ZeroGradient();
    }

    /// <summary>Clips the accumulated gradients and updates the weights.</summary>
    /// <returns>The gradients' global L2 norm before clipping.</returns>
    /// <exception cref="TrainingException">The norm is not finite: nothing was updated.</exception>
    public double Update()
    {
        double sum = 0;
        foreach (Parameter parameter in _model.Parameters)
            sum += _model.Device.SumOfSquares(parameter.Gradient!, parameter.PaddedLength);
        double norm = Math.Sqrt(sum);
        if (!double.IsFinite(norm))
            throw new TrainingException($"the gradient's norm is {norm}; the weights were left as they are. Lower learning_rate or max_grad_norm, or look for damaged weights");
        double scale = ClipFactor(norm, _options.MaxGradNorm);
        double learningRate = LearningRate;
        Step++;
        foreach (Parameter parameter in _model.Parameters)
        {
            (Storage first, Storage second) = _moments[parameter];
            ParameterGroup? group = _options.ParamGroups.FirstOrDefault(group => group.Holds(parameter.Name));
            AdamWStep step = new(
                (float)(learningRate * (group?.LearningRateScale ?? 1)), (float)_options.AdamBeta1, (float)_options.AdamBeta2, (float)_options.AdamEpsilon,
                (float)(group?.WeightDecay ?? (Decays(parameter) ? _options.WeightDecay : 0)), (float)scale, Step);
            _model.Device.AdamW(parameter, first, second, step);
        }
        return norm;
    }

    /// <summary>min(1, maxNorm / (norm + 1e-6)); 1 when clipping is off.</summary>
    public static double ClipFactor(double norm, double maxNorm) => maxNorm > 0 ? Math.Min(1, maxNorm / (norm + 1e-6)) : 1;

    /// <summary>Writes the moments to a checkpoint folder; the step is the caller's to keep.</summary>
    public void Save(string folder)
    {
        List<TensorToWrite> tensors = [];
        foreach (Parameter parameter in _model.Parameters)
        {
            (Storage first, Storage second) = _moments[parameter];
            tensors.Add(CausalModel.ToWrite(parameter, first, $"{parameter.Name}.exp_avg", SafetensorsDType.F32));
            tensors.Add(CausalModel.ToWrite(parameter, second, $"{parameter.Name}.exp_avg_sq", SafetensorsDType.F32));
        }
        SafetensorsWriter.Write(Path.Combine(folder, StateFile), tensors);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="step">Updates made when it was saved.</param>
    public void Load(string folder, long step)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(folder, StateFile));
        foreach (Parameter parameter in _model.Parameters)
        {
            (Storage first, Storage second) = _moments[parameter];
            CausalModel.Read(parameter, first, reader, $"{parameter.Name}.exp_avg");
            CausalModel.Read(parameter, second, reader, $"{parameter.Name}.exp_avg_sq");
        }
        Step = step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((Storage first, Storage second) in _moments.Values)
        {
            first.Dispose();
            second.Dispose();
        }
    }

    private static void RequireUsed(IReadOnlyList<ParameterGroup> groups, CausalModel model)
    {
        if (groups.FirstOrDefault(group => !model.Parameters.Any(parameter => group.Holds(parameter.Name))) is { } unused)
            throw new TrainingException($"param_groups: '{unused.Params}' names none of the model's tensors; they are called like '{model.Parameters[^1].Name}'");
    }

    private static bool Decays(Parameter parameter) => parameter.Layout == ParameterLayout.Panels && !parameter.Name.Contains("embed_tokens", StringComparison.Ordinal);
}
