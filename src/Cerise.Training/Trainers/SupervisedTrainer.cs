using Cerise.Models;
using Cerise.Models.Adapters;
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
    private readonly IReadOnlyList<TokenSequence> _validation;
    private readonly SupervisedOptions _options;
    private readonly ShuffledOrder _order;
    private readonly AdamWOptimizer _optimizer;
    private readonly Graph _graph;
    private readonly Graph _evaluation;
    private readonly Seed _noise;
    private readonly long _plannedSteps;
    private readonly Seed _dropout;
    private TrainerProgress _progress = new();

    /// <param name="model">Trained in place.</param>
    /// <param name="sequences">The examples.</param>
    /// <param name="options">Checked settings.</param>
    /// <param name="seed">Source of the examples' order and of noise.</param>
    /// <param name="validation">Examples to evaluate on; none evaluates never.</param>
    protected SupervisedTrainer(
        CausalModel model, IReadOnlyList<TokenSequence> sequences, SupervisedOptions options, Seed seed, IReadOnlyList<TokenSequence>? validation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(options);
        if (sequences.Count == 0)
            throw new TrainingException("there is no sequence to train on");
        Model = model;
        _sequences = sequences;
        _validation = validation ?? [];
        _options = options;
        _order = new ShuffledOrder(sequences.Count, options.TrainSamplingStrategy == TrainSampling.Random ? seed.Fork("order") : null);
        _dropout = seed.Fork("dropout");
        _noise = seed.Fork("neftune");
        _plannedSteps = options.MaxSteps > 0 ? options.MaxSteps : Math.Max(1, (long)Math.Ceiling(options.NumTrainEpochs * sequences.Count / options.BatchSize));
        _optimizer = new AdamWOptimizer(model, options, _plannedSteps);
        _graph = new Graph(model.Device, record: true, options.Activations);
        _evaluation = new Graph(model.Device, record: false);
    }

    /// <inheritdoc/>
    public CausalModel Model { get; }

    /// <inheritdoc/>
    public long TotalSteps => _progress.StoppedEarly ? Step : _plannedSteps;

    /// <inheritdoc/>
    public long Step => _progress.Step;

    /// <inheritdoc/>
    public StepResult TrainStep(CancellationToken cancellation)
    {
        TokenSequence[] batch = [.. Enumerable.Range(0, _options.BatchSize).Select(i => _sequences[_order.At((Step * _options.BatchSize) + i)])];
        int trained = Math.Max(1, batch.Sum(sequence => sequence.TrainedCount));
        LikelihoodSums sums = new();
        _optimizer.ZeroGradients();
        foreach ((int first, int count) in MicroBatches.Cut(batch, _options.MaxTokensPerMicroBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            TokenBatch pack = MicroBatches.Pack(batch, first, count);
            if (pack.Targets.Count == 0)
                continue;
            ReadOnlySpan<TokenSequence> sequences = batch.AsSpan(first, count);
            float[] weights = new float[pack.Targets.Count];
            weights.AsSpan().Fill(1f / trained);
            Tensor? noise = _options.NeftuneNoiseAlpha > 0
                ? NeftuneNoise.Make(_graph, sequences, first, Model.Config.HiddenSize, _options.NeftuneNoiseAlpha, _noise.Fork(Step))
                : null;
            if (noise is not null)
                Measure(sequences, pack, sums);
            using AdapterScope dropout = DropOut(batch, first, count, pack);
            (Tensor loss, Tensor logProbs, Tensor entropies, Tensor statistics) = Model.LikelihoodLoss(_graph, pack, weights, noise);
            if (noise is null)
                sums.Add(sequences, pack, logProbs, entropies, statistics);
            _graph.Backward(loss);
            _graph.Reset();
        }
        if (!double.IsFinite(sums.Loss))
            throw new TrainingException($"the loss is {sums.Loss}. Lower learning_rate, or look for damaged weights");
        double learningRate = _optimizer.LearningRate;
        double gradNorm = _optimizer.Update();
        _progress = _progress with { Step = Step + 1, Updates = _optimizer.Step, Tokens = _progress.Tokens + batch.Sum(sequence => (long)sequence.Ids.Count) };
        StepMetrics metrics = sums.Metrics();
        metrics["grad_norm"] = gradNorm;
        metrics["learning_rate"] = learningRate;
        metrics["num_tokens"] = _progress.Tokens;
        metrics["epoch"] = (double)Step * _options.BatchSize / _sequences.Count;
        bool isBest = _validation.Count > 0 && (Step % _options.EvalSteps == 0 || Step == _plannedSteps) && Evaluate(metrics);
        return new StepResult(metrics, []) { IsBest = isBest };
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
        _evaluation.Dispose();
        _optimizer.Dispose();
        GC.SuppressFinalize(this);
    }

    // Each row is named by step, place of its sequence in the step's batch, and place in the sequence: no cut into micro-batches changes what is dropped.
    private AdapterScope DropOut(IReadOnlyList<TokenSequence> batch, int first, int count, TokenBatch pack)
    {
        if (Model.Adapter is not { Config.LoraDropout: > 0 } adapter)
            return default;
        Seed step = _dropout.Fork(Step);
        return adapter.DropOut(pack, [.. MicroBatches.Rows(batch, first, count).Select(row => step.Fork(row.Sequence).Fork(row.Position))]);
    }

    // The loss on the validation rows, and what follows from it; whether it is the best so far. It belongs to a step that is done, so nothing cancels it.
    private bool Evaluate(StepMetrics metrics)
    {
        LikelihoodSums sums = new();
        foreach ((int first, int count) in MicroBatches.Cut(_validation, _options.MaxTokensPerMicroBatch))
        {
            TokenBatch pack = MicroBatches.Pack(_validation, first, count);
            if (pack.Targets.Count > 0)
                Measure([.. _validation.Skip(first).Take(count)], pack, sums);
        }
        metrics.AddRange(sums.Metrics().Select(metric => KeyValuePair.Create($"eval_{metric.Key}", metric.Value)));
        bool isBest = _progress.BestEvalLoss is not { } best || sums.Loss < best;
        bool progresses = _progress.BestEvalLoss is not { } before || sums.Loss < before - _options.EarlyStoppingThreshold;
        int without = progresses ? 0 : _progress.EvaluationsWithoutProgress + 1;
        _progress = _progress with
        {
            BestEvalLoss = isBest ? sums.Loss : _progress.BestEvalLoss,
            EvaluationsWithoutProgress = without,
            StoppedEarly = _options.EarlyStoppingPatience > 0 && without >= _options.EarlyStoppingPatience,
        };
        return isBest;
    }

    private void Measure(ReadOnlySpan<TokenSequence> sequences, TokenBatch pack, LikelihoodSums sums)
    {
        (_, Tensor logProbs, Tensor entropies, Tensor statistics) = Model.LikelihoodLoss(_evaluation, pack, new float[pack.Targets.Count]);
        sums.Add(sequences, pack, logProbs, entropies, statistics);
        _evaluation.Reset();
    }
}
