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
        if (MaxTokensPerMicroBatch < 1)
            yield return $"max_tokens_per_micro_batch is {MaxTokensPerMicroBatch}; use 1 or more";
    }
}
