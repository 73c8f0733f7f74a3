using Cerise.Tensors.Autograd;

namespace Cerise.Training.Optimizers;

/// <summary>How weights are updated: the part of a trainer's settings that all trainers share. Names are those of transformers' TrainingArguments.</summary>
public abstract record OptimizerOptions : AdapterOptions
{
    /// <summary>Peak learning rate, above 0.</summary>
    public double LearningRate { get; init; } = 1e-6;

    /// <summary>Shape of the learning rate after the warm-up. Default constant, as RL runs use it.</summary>
    public LearningRateSchedule LrSchedulerType { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Steps over which the learning rate rises from 0; at least 0. Default 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The learning rate a decaying schedule ends at, as a share of the peak, in [0, 1]. Default 0.1 (R1's SFT: 5e-5 to 5e-6).</summary>
    public double MinLrRatio { get; init; } = 0.1;

    /// <summary>Decay of the first moment, in [0, 1). Default 0.9.</summary>
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment, in [0, 1). Default 0.95 (InstructGPT, OpenRLHF): small batches want a shorter memory than PyTorch's 0.999.</summary>
    public double AdamBeta2 { get; init; } = 0.95;

    /// <summary>Added to the root of the second moment, above 0. Default 1e-8.</summary>
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay of matrices, at least 0; norms, biases and the embedding have none. Default 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Gradients are scaled down to this global L2 norm; 0 leaves them. Default 1.</summary>
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Weights with settings of their own; the first group that holds a tensor counts. Default none.</summary>
    public IReadOnlyList<ParameterGroup> ParamGroups { get; init; } = [];

    /// <summary>Whether each layer keeps only its input for the backward pass and is computed again there: a quarter more time for a fraction of the memory, and the
    /// same results bit for bit (Chen et al. 2016, arXiv:1604.06174). Default false.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>How numbers that the backward pass reads again are kept. Default float32; bfloat16 takes half the memory, and moves gradients by its rounding.</summary>
    public ActivationDtype ActivationDtype { get; init; }

    /// <summary>How a training graph holds its activations, as the two settings say.</summary>
    public ActivationMemory Activations => GradientCheckpointing ? ActivationMemory.Checkpoints
        : ActivationDtype == ActivationDtype.Bfloat16 ? ActivationMemory.Bfloat16 : ActivationMemory.Float32;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults())
            yield return fault;
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            yield return $"learning_rate is {LearningRate}; use a number above 0, such as 1e-6";
        if (WarmupSteps < 0)
            yield return $"warmup_steps is {WarmupSteps}; use 0 or more";
        if (MinLrRatio is not (>= 0 and <= 1))
            yield return $"min_lr_ratio is {MinLrRatio}; use a number in [0, 1]";
        if (AdamBeta1 is not (>= 0 and < 1))
            yield return $"adam_beta1 is {AdamBeta1}; use a number in [0, 1), such as 0.9";
        if (AdamBeta2 is not (>= 0 and < 1))
            yield return $"adam_beta2 is {AdamBeta2}; use a number in [0, 1), such as 0.95";
        if (!(AdamEpsilon > 0))
            yield return $"adam_epsilon is {AdamEpsilon}; use a number above 0, such as 1e-8";
        if (!(WeightDecay >= 0))
            yield return $"weight_decay is {WeightDecay}; use 0 or more";
        if (!(MaxGradNorm >= 0))
            yield return $"max_grad_norm is {MaxGradNorm}; use 0 (off) or more";
        if (GradientCheckpointing && ActivationDtype != ActivationDtype.Float32)
            yield return "activation_dtype is bfloat16 with gradient_checkpointing, which keeps no activations to round; choose one of the two";
    }
}
