using Cerise.Training.Optimizers;

namespace Cerise.Training.Trainers;

/// <summary>What pre-training and supervised fine-tuning share.</summary>
public abstract record SupervisedOptions : OptimizerOptions
{
    /// <summary>Sequences per optimizer step. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Optimizer steps; 0 (default) follows from <see cref="NumTrainEpochs"/>.</summary>
    public int MaxSteps { get; init; }

    /// <summary>Passes over the data where <see cref="MaxSteps"/> is 0. Default 1.</summary>
    public double NumTrainEpochs { get; init; } = 1;

    /// <summary>Most tokens of a sequence; longer texts are cut (pre-training: into several sequences). Default 1024, as TRL's.</summary>
    public int MaxLength { get; init; } = 1024;

    /// <summary>Most tokens in memory at once; loss and gradient do not depend on it. Default 2048: more would leave the caches.</summary>
    public int MaxTokensPerMicroBatch { get; init; } = 2048;

    /// <summary>The order of the examples. Default random; sequential keeps the data's order, for a curriculum.</summary>
    public TrainSampling TrainSamplingStrategy { get; init; }

    /// <summary>Strength of the noise on embeddings while training (NEFTune, arXiv:2310.05914, which swept 5 to 15); 0 (default) is off. Metrics are measured without the noise.</summary>
    public double NeftuneNoiseAlpha { get; init; }

    /// <summary>Steps between evaluations on the validation rows, the last step always among them. Default 50.</summary>
    public int EvalSteps { get; init; } = 50;

    /// <summary>Evaluations in a row without progress of eval_loss after which training ends; 0 (default) never.</summary>
    public int EarlyStoppingPatience { get; init; }

    /// <summary>By how much eval_loss must fall to count as progress, in nats. Default 0.</summary>
    public double EarlyStoppingThreshold { get; init; }

    /// <summary>Whether the stage ends with the weights of the lowest eval_loss instead of the last ones. Default false.</summary>
    public bool LoadBestModelAtEnd { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults())
            yield return fault;
        if (BatchSize < 1)
            yield return $"batch_size is {BatchSize}; use 1 or more";
        if (MaxSteps < 0)
            yield return $"max_steps is {MaxSteps}; use 0 (from num_train_epochs) or more";
        if (!(NumTrainEpochs > 0))
            yield return $"num_train_epochs is {NumTrainEpochs}; use a number above 0";
        if (MaxLength < 2)
            yield return $"max_length is {MaxLength}; use 2 or more";
        if (!(NeftuneNoiseAlpha >= 0 && double.IsFinite(NeftuneNoiseAlpha)))
            yield return $"neftune_noise_alpha is {NeftuneNoiseAlpha}; use 0 (off) or more, such as 5";
        if (EvalSteps < 1)
            yield return $"eval_steps is {EvalSteps}; use 1 or more";
        if (EarlyStoppingPatience < 0)
            yield return $"early_stopping_patience is {EarlyStoppingPatience}; use 0 (never) or more";
        if (!(EarlyStoppingThreshold >= 0))
            yield return $"early_stopping_threshold is {EarlyStoppingThreshold}; use 0 or more";
        if (MaxTokensPerMicroBatch < 1)
            yield return $"max_tokens_per_micro_batch is {MaxTokensPerMicroBatch}; use 1 or more";
    }
}
