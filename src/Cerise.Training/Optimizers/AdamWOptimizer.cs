using Cerise.Models;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Training.Optimizers;

/// <summary>AdamW with decoupled decay (Loshchilov and Hutter 2019, arXiv:1711.05101) and clipping by the global norm, over a model's weights.</summary>
/// <remarks>Matrices decay; norms, biases and embeddings do not. Moments are float32 and saved with every checkpoint.</remarks>
public sealed class AdamWOptimizer : IDisposable
{
    private const string StateFile = "optimizer.safetensors";

    private readonly OptimizerOptions _options;
    private readonly long _totalSteps;
    private readonly CausalModel _model;
    private readonly Device _device;
    private readonly Weight[] _weights;

    /// <param name="model">Whose weights, or whose adapter; what is trained of them becomes trainable.</param>
    /// <param name="options">Learning rate and the rest.</param>
    /// <param name="totalSteps">Steps of the whole run, for the schedule.</param>
    public AdamWOptimizer(CausalModel model, OptimizerOptions options, long totalSteps)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _device = model.Device;
        _options = options;
        _totalSteps = totalSteps;
        RequireUsed(options.ParamGroups, model);
        model.RequireGradients();
        _weights = [.. model.TrainedParameters.Select(NewWeight)];
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
        foreach (Weight weight in _weights)
            weight.Parameter.ZeroGradient();
    }

    /// <summary>Clips the accumulated gradients, updates the weights, and sets the gradients to zero.</summary>
    /// <returns>The gradients' global L2 norm before clipping.</returns>
    /// <exception cref="TrainingException">The norm is not finite: nothing was updated.</exception>
    public double Update()
    {
        double sum = 0;
        foreach (Weight weight in _weights)
            sum += _device.SumOfSquares(weight.Parameter.Gradient!, weight.Parameter.PaddedLength);
        double norm = Math.Sqrt(sum);
        if (!double.IsFinite(norm))
            throw new TrainingException($"the gradient's norm is {norm}; the weights were left as they are. Lower learning_rate or max_grad_norm, or look for damaged weights");
        double scale = ClipFactor(norm, _options.MaxGradNorm);
        double learningRate = LearningRate;
        Step++;
        foreach (Weight weight in _weights)
        {
            AdamWStep step = new(
                (float)(learningRate * weight.LearningRateScale), (float)_options.AdamBeta1, (float)_options.AdamBeta2, (float)_options.AdamEpsilon,
                (float)weight.Decay, (float)scale, Step);
            _device.AdamW(weight.Parameter, weight.FirstMoment, weight.SecondMoment, step);
        }
        return norm;
    }

    /// <summary>min(1, maxNorm / (norm + 1e-6)); 1 when clipping is off.</summary>
    public static double ClipFactor(double norm, double maxNorm) => maxNorm > 0 ? Math.Min(1, maxNorm / (norm + 1e-6)) : 1;

    /// <summary>Writes the moments to a checkpoint folder; the step is the caller's to keep.</summary>
    public void Save(string folder)
    {
        List<TensorToWrite> tensors = [];
        foreach ((Parameter parameter, Storage first, Storage second, _, _) in _weights)
        {
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
        foreach ((Parameter parameter, Storage first, Storage second, _, _) in _weights)
        {
            CausalModel.Read(parameter, first, reader, $"{parameter.Name}.exp_avg");
            CausalModel.Read(parameter, second, reader, $"{parameter.Name}.exp_avg_sq");
        }
        Step = step;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Weight weight in _weights)
        {
            weight.FirstMoment.Dispose();
            weight.SecondMoment.Dispose();
        }
    }

    private Weight NewWeight(Parameter parameter)
    {
        ParameterGroup? group = _options.ParamGroups.FirstOrDefault(group => group.Holds(parameter.Name));
        double decay = group?.WeightDecay ?? (parameter.Layout == ParameterLayout.Panels && !_model.IsEmbedding(parameter) ? _options.WeightDecay : 0);
        return new Weight(parameter, Zeros(parameter.PaddedLength), Zeros(parameter.PaddedLength), group?.LearningRateScale ?? 1, decay);
    }

    private Storage Zeros(long length)
    {
        Storage storage = _device.Allocate(length);
        _device.Fill(storage, 0, length, 0);
        return storage;
    }

    private static void RequireUsed(IReadOnlyList<ParameterGroup> groups, CausalModel model)
    {
        if (groups.FirstOrDefault(group => !model.TrainedParameters.Any(parameter => group.Holds(parameter.Name))) is { } unused)
            throw new TrainingException($"param_groups: '{unused.Params}' names none of the tensors that are trained; they are called like '{model.TrainedParameters[^1].Name}'");
    }

    private sealed record Weight(Parameter Parameter, Storage FirstMoment, Storage SecondMoment, double LearningRateScale, double Decay);
}
