using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Adapters;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;
using Cerise.Training.Advantages;
using Cerise.Training.Batches;
using Cerise.Training.Losses;
using Cerise.Training.Optimizers;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;

namespace Cerise.Training.Trainers;

/// <summary>Group-relative policy optimization, GRPO (Shao et al. 2024, arXiv:2402.03300, algorithm 1), and its family: Dr.GRPO, DAPO, GSPO, CISPO.</summary>
/// <remarks>
/// Departures: the normalization over tokens is a setting (<see cref="GrpoOptions.LossType"/>; the paper's is grpo); advantages may skip the division by the group's
/// deviation; no reward model is retrained. The old log-probabilities are those recorded while sampling: the trainer recomputes the same bits, and stops if it does not.
/// </remarks>
public sealed class GrpoTrainer : ITrainer
{
    private readonly IReadOnlyList<Prompt> _prompts;
    private readonly RewardSum _rewards;
    private readonly GrpoOptions _options;
    private readonly Seed _seed;
    private readonly ShuffledOrder _order;
    private readonly RolloutEngine _engine;
    private readonly CausalModel? _referencePolicy;
    private readonly AdamWOptimizer _optimizer;
    private readonly Graph _training;
    private readonly Graph _scoring;
    private TrainerProgress _progress = new();
    private GenerationStatistics _sampling;

    /// <param name="policy">Trained in place.</param>
    /// <param name="tokenizer">The policy's.</param>
    /// <param name="prompts">What to sample from.</param>
    /// <param name="rewards">What to reinforce.</param>
    /// <param name="options">Checked settings.</param>
    /// <param name="seed">Source of the prompts' order and of every sample.</param>
    /// <param name="time">Told the time for the metrics of sampling; by default the system's clock.</param>
    /// <param name="stopIds">Tokens that end a completion; those of the policy's config and its tokenizer when null.</param>
    public GrpoTrainer(
        CausalModel policy, ITokenizer tokenizer, IReadOnlyList<Prompt> prompts, RewardSum rewards, GrpoOptions options, Seed seed, TimeProvider? time = null,
        IReadOnlyList<int>? stopIds = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(prompts);
        ArgumentNullException.ThrowIfNull(options);
        if (prompts.Count == 0)
            throw new TrainingException("there is no prompt to sample from");
        Model = policy;
        _prompts = prompts;
        _rewards = rewards;
        _options = options;
        _seed = seed;
        _order = new ShuffledOrder(prompts.Count, seed.Fork("prompts"));
        _engine = new RolloutEngine(policy, tokenizer, Sampling(options, tokenizer, stopIds ?? StopTokens.Of(policy.Config, tokenizer)), time);
        // With an adapter the same weights without it are the reference.
        _referencePolicy = options.Beta > 0 && policy.Adapter is null ? Reference(policy, options.RefModelDtype) : null;
        _optimizer = new AdamWOptimizer(policy, options, TotalSteps * options.NumIterations * options.StepsPerGeneration);
        _training = new Graph(policy.Device, record: true, options.Activations);
        _scoring = new Graph(policy.Device, record: false);
    }

    /// <inheritdoc/>
    public CausalModel Model { get; }

    /// <inheritdoc/>
    public long TotalSteps => _options.MaxSteps;

    /// <inheritdoc/>
    public long Step => _progress.Step;

    /// <inheritdoc/>
    public StepResult TrainStep(CancellationToken cancellation)
    {
        // Sample a group of completions for each prompt from the current policy, and compare within each group.
        (IReadOnlyList<Rollout> rollouts, RewardScores scores, long cursor) = Sample(cancellation);
        int[] groups = [.. rollouts.Select(rollout => rollout.Group)];
        double?[] rewards = [.. scores.Total];
        double[] advantages = GroupAdvantage.Normalized(rewards, groups, _options.ScaleRewards);

        GrpoBatch batch = new(rollouts, advantages, _options);
        if (_options.Beta > 0)
            batch.ReferenceLogProbs = ReferenceLogProbs(batch, cancellation);

        // Improve the policy on the step's completions: num_iterations passes, each cut into optimizer steps.
        GrpoMetrics metrics = new(batch, scores, RewardStatistics.Of(rewards, groups), _options);
        for (int iteration = 0; iteration < _options.NumIterations; iteration++)
        {
            foreach (int[] rows in batch.Minibatches(_seed.Fork("minibatches").Fork(Step).Fork(iteration)))
            {
                _optimizer.ZeroGradients();
                Backward(batch, rows, metrics, isOnPolicy: metrics.Updates == 0);
                double learningRate = _optimizer.LearningRate;
                metrics.Updated(_optimizer.Update(), learningRate);
            }
        }

        _progress = _progress with { Step = Step + 1, Prompts = cursor, Tokens = _progress.Tokens + batch.Tokens };
        if (_referencePolicy is not null && _options.RefModelSyncSteps > 0 && Step % _options.RefModelSyncSteps == 0)
            SyncReference(_referencePolicy);
        StepResult result = metrics.Result(_progress.Tokens);
        RolloutMetrics.Add(result.Metrics, _sampling);
        return result;
    }

    /// <inheritdoc/>
    public void SaveState(string folder)
    {
        TrainerState.Save(folder, Model, _optimizer);
        if (_referencePolicy is not null)
            TrainerState.SaveWeights(Path.Combine(folder, "reference.safetensors"), _referencePolicy);
        (_progress with { Updates = _optimizer.Step }).Save(folder);
    }

    /// <inheritdoc/>
    public void LoadState(string folder, long step)
    {
        _progress = TrainerProgress.Load(folder);
        TrainerState.Load(folder, Model, _optimizer, _progress.Updates);
        if (_referencePolicy is not null)
            TrainerState.LoadWeights(Path.Combine(folder, "reference.safetensors"), _referencePolicy);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _training.Dispose();
        _scoring.Dispose();
        _engine.Dispose();
        _optimizer.Dispose();
        _referencePolicy?.Dispose();
    }

    private static CausalModel Reference(CausalModel policy, DType dtype)
    {
        try
        {
            return policy.Clone(dtype);
        }
        catch (OverflowException error)
        {
            throw new TrainingException($"ref_model_dtype is {dtype.Name()}: {error.Message}");
        }
    }

    private static SamplingOptions Sampling(GrpoOptions options, ITokenizer tokenizer, IReadOnlyList<int> stopIds) => new()
    {
        Temperature = (float)options.Temperature,
        TopP = (float)options.TopP,
        TopK = options.TopK,
        MinP = (float)options.MinP,
        RepetitionPenalty = (float)options.RepetitionPenalty,
        MaxNewTokens = options.MaxCompletionLength,
        MaxBatchSize = options.RolloutBatchSize,
        StopIds = stopIds,
        Guide = options.Stop.Count == 0 ? null : new StopStrings(tokenizer, options.Stop).Watch,
    };

    // One round, or with dynamic sampling as many as it takes to fill the step with groups that have something to compare.
    private (IReadOnlyList<Rollout> Rollouts, RewardScores Scores, long Cursor) Sample(CancellationToken cancellation)
    {
        Seed seed = _seed.Fork("rollout").Fork(Step);
        long cursor = _progress.Prompts;
        List<Rollout> kept = [];
        int sampled = 0;
        _sampling = default;
        for (int round = 1; ; round++)
        {
            int wanted = _options.PromptsPerStep - (kept.Count / _options.NumGenerations);
            Prompt[] prompts = [.. Enumerable.Range(0, wanted).Select(i => _prompts[_order.At(cursor + i)])];
            IReadOnlyList<Rollout> rollouts = _engine.Sample(prompts, sampled, _options.NumGenerations, seed, cancellation);
            _sampling += _engine.Statistics;
            (cursor, sampled) = (cursor + wanted, sampled + wanted);
            if (!_options.DynamicSampling)
                return (rollouts, Score(rollouts), cursor);
            bool[] keep = DynamicSampling.Keep([.. Score(rollouts).Total], [.. rollouts.Select(rollout => rollout.Group)]);
            bool isLast = round == _options.MaxSamplingRounds;
            bool keepsAll = isLast && kept.Count == 0 && !keep.Contains(true);              // a step needs something to report
            kept.AddRange(rollouts.Where((_, i) => keep[i] || keepsAll));
            if (kept.Count == _options.PromptsPerStep * _options.NumGenerations || isLast)
                return (kept, Score(kept), cursor);
        }
    }

    private RewardScores Score(IReadOnlyList<Rollout> rollouts) =>
        _rewards.Score(new RewardBatch([.. rollouts.Select(rollout => rollout.ToRewardInput(_options.MaxCompletionLength))]));

    // Adds the gradient of some rows' loss, micro-batch by micro-batch; what the sum is divided by was fixed for all of them before.
    private void Backward(GrpoBatch batch, int[] rows, GrpoMetrics metrics, bool isOnPolicy)
    {
        GrpoNormalization normalization = GrpoNormalization.Of(batch, rows, _options);
        int[] active = [.. rows.Where(row => batch.HasGradient(row))];
        TokenSequence[] sequences = [.. active.Select(row => batch.Sequences[row])];
        foreach ((int first, int count) in MicroBatches.Cut(sequences, _options.MaxTokensPerMicroBatch))
        {
            int[] part = active[first..(first + count)];
            TokenBatch pack = MicroBatches.Pack(sequences, first, count);
            (Tensor logProbs, Tensor entropies) = Model.LogProbs(_training, pack, (float)_options.Temperature);
            float[] current = logProbs.ToArray();
            if (isOnPolicy)
                RolloutCheck.Require(batch, part, current);
            Tensor loss = Loss(batch, part, logProbs, pack.Offsets, normalization);
            metrics.Add(part, current, entropies.ToArray(), loss.Item());
            _training.Backward(loss);
            _training.Reset();
        }
    }

    // One number: the part's share of the step's loss.
    private Tensor Loss(GrpoBatch batch, int[] rows, Tensor logProbs, Indices offsets, GrpoNormalization normalization)
    {
        Graph graph = logProbs.Graph;
        Tensor oldLogProbs = graph.From(GrpoBatch.PerToken(rows, batch.OldLogProbs));
        Tensor advantages = graph.From(batch.PerToken(rows, row => batch.Advantages[row]));
        float[] weights = normalization.TokenWeights(rows);                             // masks and 1 / N
        (float epsilon, float epsilonHigh) = ((float)_options.Epsilon, (float)(_options.EpsilonHigh ?? _options.Epsilon));
        Tensor loss = _options.LossType switch
        {
            PolicyLossType.Gspo => PolicyLoss.Sequence(
                logProbs, oldLogProbs, graph.From([.. rows.Select(row => (float)batch.Advantages[row])]), offsets, epsilon, epsilonHigh).Dot(normalization.SequenceWeights(rows)),
            PolicyLossType.Cispo => PolicyLoss.CappedWeights(logProbs, oldLogProbs, advantages, (float)_options.WeightCap).Dot(weights),
            _ => PolicyLoss.Clipped(logProbs, oldLogProbs, advantages, epsilon, epsilonHigh, (float?)_options.Delta).Dot(weights),
        };
        if (batch.ReferenceLogProbs is not { } reference)
            return loss;
        Tensor referenceLogProbs = graph.From(GrpoBatch.PerToken(rows, row => reference[row]));
        return loss + ((float)_options.Beta * KlPenalty.Of(_options.KlEstimator, logProbs, referenceLogProbs).Dot(weights));
    }

    private float[][] ReferenceLogProbs(GrpoBatch batch, CancellationToken cancellation)
    {
        if (_referencePolicy is not null)
            return Score(_referencePolicy, batch, cancellation);
        using AdapterScope off = Model.Adapter!.Off();
        return Score(Model, batch, cancellation);
    }

    private float[][] Score(CausalModel model, GrpoBatch batch, CancellationToken cancellation)
    {
        List<float[]> logProbs = [];
        foreach ((int first, int count) in MicroBatches.Cut(batch.Sequences, _options.MaxTokensPerMicroBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            TokenBatch pack = MicroBatches.Pack(batch.Sequences, first, count);
            float[] all = model.LogProbs(_scoring, pack, (float)_options.Temperature).LogProbs.ToArray();
            for (int i = 0; i < count; i++)
                logProbs.Add(all[pack.Offsets.Values[i]..pack.Offsets.Values[i + 1]]);
            _scoring.Reset();
        }
        return [.. logProbs];
    }

    private void SyncReference(CausalModel referencePolicy)
    {
        foreach ((Parameter reference, Parameter parameter) in referencePolicy.Parameters.Zip(Model.Parameters))
            reference.Blend(parameter, (float)_options.RefModelMixupAlpha);
    }
}
