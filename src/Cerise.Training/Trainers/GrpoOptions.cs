using Cerise.Tensors;
using Cerise.Training.Advantages;
using Cerise.Training.Losses;
using Cerise.Training.Optimizers;

namespace Cerise.Training.Trainers;

/// <summary>Settings of <see cref="GrpoTrainer"/>; names and, unless said otherwise, defaults are those of TRL's GRPOConfig.</summary>
public record GrpoOptions : OptimizerOptions
{
    /// <summary>Prompts of a step. Default 32, as DeepSeek-R1 (arXiv:2501.12948v2).</summary>
    public int PromptsPerStep { get; init; } = 32;

    /// <summary>Completions of each prompt, the group; at least 2. Default 8.</summary>
    public int NumGenerations { get; init; } = 8;

    /// <summary>Rollout-and-train steps. Default 100.</summary>
    public int MaxSteps { get; init; } = 100;

    /// <summary>Most tokens of a completion. Default 256.</summary>
    public int MaxCompletionLength { get; init; } = 256;

    /// <summary>Sampling temperature, above 0; log-probabilities in training use the same. Default 1.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Nucleus sampling, in (0, 1]. Default 1: off, since truncated rollouts are not samples of the policy that is trained.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Sample among the k likeliest tokens; 0 (default) is off.</summary>
    public int TopK { get; init; }

    /// <summary>Sample among tokens at least this share as likely as the likeliest; 0 (default) is off.</summary>
    public double MinP { get; init; }

    /// <summary>Repetition penalty while sampling; 1 (default) is off.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Texts that end a completion, besides the end-of-text token. Default none.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>The loss and its normalization. Default dapo.</summary>
    public PolicyLossType LossType { get; init; } = PolicyLossType.Dapo;

    /// <summary>What centred rewards are divided by. Default group.</summary>
    public ScaleRewards ScaleRewards { get; init; } = ScaleRewards.Group;

    /// <summary>Lower clip range of the ratio, in (0, 1]... or more: R1 uses 10, which never binds below. Default 0.2.</summary>
    public double Epsilon { get; init; } = 0.2;

    /// <summary>Upper clip range; null (default) is <see cref="Epsilon"/>. DAPO uses 0.28.</summary>
    public double? EpsilonHigh { get; init; }

    /// <summary>Bound of the ratio where the advantage is negative (dual clip), above 1 + epsilon_high; null (default) is none. INTELLECT-2 uses 4.</summary>
    public double? Delta { get; init; }

    /// <summary>CISPO: the largest weight of a token. Default 5 (ScaleRL, arXiv:2510.13786).</summary>
    public double WeightCap { get; init; } = 5;

    /// <summary>Weight of the KL penalty to the reference policy; 0 (default) needs no reference. R1 uses 0.001, DeepSeekMath 0.04.</summary>
    public double Beta { get; init; }

    /// <summary>Estimator of the KL penalty. Default k3, GRPO's.</summary>
    public KlEstimator KlEstimator { get; init; } = KlEstimator.K3;

    /// <summary>Passes over each step's completions (mu of the paper's algorithm 1). Default 1.</summary>
    public int NumIterations { get; init; } = 1;

    /// <summary>Optimizer steps that each pass is cut into. Default 1; R1 uses 16.</summary>
    public int StepsPerGeneration { get; init; } = 1;

    /// <summary>Leave truncated completions out of the loss. Default false.</summary>
    public bool MaskTruncatedCompletions { get; init; }

    /// <summary>Replace groups whose rewards are all equal by those of further prompts (DAPO, arXiv:2503.14476, section 3.2). Default false.</summary>
    public bool DynamicSampling { get; init; }

    /// <summary>With dynamic sampling: most rounds of sampling in a step, after which the step goes on with what it has. Default 10, as verl.</summary>
    public int MaxSamplingRounds { get; init; } = 10;

    /// <summary>Blend the reference policy towards the policy every so many steps; 0 (default) never. R1 uses 400.</summary>
    public int RefModelSyncSteps { get; init; }

    /// <summary>How far: reference = alpha policy + (1 - alpha) reference. Default 1, a copy, as in R1; TR-DPO uses 0.6.</summary>
    public double RefModelMixupAlpha { get; init; } = 1;

    /// <summary>The type the reference's weights are rounded to and stored in. Default float32: the KL of the first step is exactly 0. 16 bits take half the memory.</summary>
    public DType RefModelDtype { get; init; } = DType.Float32;

    /// <summary>
    /// Compute a group's prompt once for all its completions, in training and under the reference policy (Prefix Grouper, Liu et al. 2025, arXiv:2506.05433).
    /// Log-probabilities keep their bits, gradients agree to rounding. Default true.
    /// </summary>
    public bool SharedPrefix { get; init; } = true;

    /// <summary>
    /// Most tokens in memory at once while training, a shared prompt counted once. Loss and gradient do not depend on it, to the bit as long as each group fits
    /// (with <see cref="SharedPrefix"/>; without, always). Default 2048: more would leave the caches.
    /// </summary>
    public int MaxTokensPerMicroBatch { get; init; } = 2048;

    /// <summary>Most sequences sampled at once; the completions do not depend on it. Default 32: enough that the weights are read seldom, few enough that keys and values stay near the processor; more where there are many cores.</summary>
    public int RolloutBatchSize { get; init; } = 32;

    /// <summary>Completions of a step that are written to samples.jsonl. Default 4.</summary>
    public int NumCompletionsToPrint { get; init; } = 4;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults())
            yield return fault;
        if (UsePeft && LoraDropout > 0)
            yield return $"lora_dropout is {LoraDropout}; completions are sampled without dropout, so the ratio of the first update would not be 1. Use 0";
        if (UsePeft && RefModelSyncSteps > 0)
            yield return "ref_model_sync_steps is set with use_peft, whose reference is the model without its adapter and stays so; use 0";
        if (PromptsPerStep < 1)
            yield return $"prompts_per_step is {PromptsPerStep}; use 1 or more";
        if (NumGenerations < 2)
            yield return $"num_generations is {NumGenerations}; GRPO compares completions within a group, use 2 or more";
        if (MaxSteps < 1)
            yield return $"max_steps is {MaxSteps}; use 1 or more";
        if (MaxCompletionLength < 1)
            yield return $"max_completion_length is {MaxCompletionLength}; use 1 or more";
        if (!(Temperature > 0))
            yield return $"temperature is {Temperature}; use a number above 0: greedy completions of a prompt are all alike and teach nothing";
        if (TopP is not (> 0 and <= 1))
            yield return $"top_p is {TopP}; use a number in (0, 1]";
        if (TopK < 0)
            yield return $"top_k is {TopK}; use 0 (off) or more";
        if (MinP is not (>= 0 and <= 1))
            yield return $"min_p is {MinP}; use a number in [0, 1]";
        if (!(RepetitionPenalty > 0))
            yield return $"repetition_penalty is {RepetitionPenalty}; use a number above 0, 1 for none";
        if (Stop.Contains(""))
            yield return "stop holds an empty text, which every completion holds; take it out";
        if (!(Epsilon > 0))
            yield return $"epsilon is {Epsilon}; use a number above 0, such as 0.2";
        if (EpsilonHigh is { } high && !(high > 0))
            yield return $"epsilon_high is {high}; use a number above 0, such as 0.28";
        if (Delta is { } delta && !(delta > 1 + (EpsilonHigh ?? Epsilon)))
            yield return $"delta is {delta}; it must lie above 1 + epsilon_high ({1 + (EpsilonHigh ?? Epsilon)}), else it would undo the clipping";
        if (!(WeightCap > 0))
            yield return $"weight_cap is {WeightCap}; use a number above 0, such as 5";
        if (!(Beta >= 0))
            yield return $"beta is {Beta}; use 0 (no reference) or more";
        if (NumIterations < 1)
            yield return $"num_iterations is {NumIterations}; use 1 or more";
        if (StepsPerGeneration < 1 || StepsPerGeneration > Math.Max(1, (long)PromptsPerStep * NumGenerations))
            yield return $"steps_per_generation is {StepsPerGeneration}; use 1 to prompts_per_step x num_generations ({(long)PromptsPerStep * NumGenerations})";
        if (MaxSamplingRounds < 1)
            yield return $"max_sampling_rounds is {MaxSamplingRounds}; use 1 or more";
        if (RefModelSyncSteps < 0)
            yield return $"ref_model_sync_steps is {RefModelSyncSteps}; use 0 (never) or more";
        if (RefModelMixupAlpha is not (> 0 and <= 1))
            yield return $"ref_model_mixup_alpha is {RefModelMixupAlpha}; use a number in (0, 1]";
        if (MaxTokensPerMicroBatch < 1)
            yield return $"max_tokens_per_micro_batch is {MaxTokensPerMicroBatch}; use 1 or more";
        if (RolloutBatchSize < 1)
            yield return $"rollout_batch_size is {RolloutBatchSize}; use 1 or more";
        if (NumCompletionsToPrint < 0)
            yield return $"num_completions_to_print is {NumCompletionsToPrint}; use 0 or more";
    }
}
