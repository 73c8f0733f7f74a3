using Cerise.Models;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Training.Batches;
using Cerise.Training.Optimizers;
using Cerise.Training.Runs;

namespace Cerise.Training.Trainers;

/// <summary>Maximum likelihood on tokenized sequences: the loop that pre-training and supervised fine-tuning share.</summary>
/// <remarks>L = -1/N sum over the batch's N trained tokens of log policy(token | what precedes it). N is counted over the whole batch before it is cut into micro-batches.</remarks>
public abstract class SupervisedTrainer : ITrainer
{
    private readonly IReadOnlyList<TokenSequence> _sequences;
    private readonly SupervisedOptions _options;
    private readonly ShuffledOrder _order;
    private readonly AdamWOptimizer _optimizer;
    private readonly Graph _graph;
    private TrainerProgress _progress = new();

    /// <param name="model">Trained in place.</param>
    /// <param name="sequences">The examples.</param>
    /// <param name="options">Checked settings.</param>
    /// <param name="seed">Source of the examples' order.</param>
    protected SupervisedTrainer(CausalModel model, IReadOnlyList<TokenSequence> sequences, SupervisedOptions options, Seed seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(options);
        if (sequences.Count == 0)
            throw new TrainingException("there is no sequence to train on");
        Model = model;
        _sequences = sequences;
        _options = options;
        _order = new ShuffledOrder(sequences.Count, seed.Fork("order"));
        TotalSteps = options.MaxSteps > 0 ? options.MaxSteps : Math.Max(1, (long)Math.Ceiling(options.NumTrainEpochs * sequences.Count / options.BatchSize));
        _optimizer = new AdamWOptimizer(model, options, TotalSteps);
        _graph = new Graph(model.Device, record: true, options.Activations);
    }

    /// <inheritdoc/>
    public CausalModel Model { get; }

    /// <inheritdoc/>
    public long TotalSteps { get; }

    /// <inheritdoc/>
    public long Step => _progress.Step;

    /// <inheritdoc/>
    public StepResult TrainStep(CancellationToken cancellation)
    {
        TokenSequence[] batch = [.. Enumerable.Range(0, _options.BatchSize).Select(i => _sequences[_order.At((Step * _options.BatchSize) + i)])];
        int trained = Math.Max(1, batch.Sum(sequence => sequence.TrainedCount));
        double negativeLogLikelihood = 0;
        double entropy = 0;
        _optimizer.ZeroGradients();
        foreach ((int first, int count) in MicroBatches.Cut(batch, _options.MaxTokensPerMicroBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            TokenBatch pack = MicroBatches.Pack(batch, first, count);
            if (pack.Targets.Count == 0)
                continue;
            float[] weights = new float[pack.Targets.Count];
            weights.AsSpan().Fill(1f / trained);
            (Tensor loss, Tensor logProbs, Tensor entropies) = Model.LikelihoodLoss(_graph, pack, weights);
            negativeLogLikelihood -= Sum(logProbs);
            entropy += Sum(entropies);
            _graph.Backward(loss);
            _graph.Reset();
        }
        double meanLoss = negativeLogLikelihood / trained;
        if (!double.IsFinite(meanLoss))
            throw new TrainingException($"the loss is {meanLoss}. Lower learning_rate, or look for damaged weights");
        double learningRate = _optimizer.LearningRate;
        double gradNorm = _optimizer.Update();
        _progress = _progress with { Step = Step + 1, Updates = _optimizer.Step, Tokens = _progress.Tokens + batch.Sum(sequence => (long)sequence.Ids.Count) };
        StepMetrics metrics = new()
        {
            { "loss", meanLoss },
            { "perplexity", Math.Exp(meanLoss) },
            { "entropy", entropy / trained },
            { "grad_norm", gradNorm },
            { "learning_rate", learningRate },
            { "num_tokens", _progress.Tokens },
            { "epoch", (double)Step * _options.BatchSize / _sequences.Count },
        };
        return new StepResult(metrics, []);
    }

    /// <inheritdoc/>
    public void SaveState(string folder)
    {
        TrainerState.Save(folder, Model, _optimizer);
        _progress.Save(folder);
    }

    /// <inheritdoc/>
    public void LoadState(string folder, long step)
    {
        _progress = TrainerProgress.Load(folder);
        TrainerState.Load(folder, Model, _optimizer, _progress.Updates);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _graph.Dispose();
        _optimizer.Dispose();
        GC.SuppressFinalize(this);
    }

    private static double Sum(Tensor tensor)
    {
        double sum = 0;
        foreach (float value in tensor.ToArray())
            sum += value;
        return sum;
    }
}
