using Cerise.Training.Advantages;
using Cerise.Training.Losses;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class GrpoOptionsTests
{
    public static TheoryData<GrpoOptions, string> Wrong => new()
    {
        { new GrpoOptions { LearningRate = -1 }, "learning_rate is -1; use a number above 0, such as 1e-6" },
        { new GrpoOptions { PromptsPerStep = 0 }, "prompts_per_step is 0; use 1 or more" },
        { new GrpoOptions { NumGenerations = 1 }, "num_generations is 1; GRPO compares completions within a group, use 2 or more" },
        { new GrpoOptions { MaxSteps = 0 }, "max_steps is 0; use 1 or more" },
        { new GrpoOptions { MaxCompletionLength = 0 }, "max_completion_length is 0; use 1 or more" },
        { new GrpoOptions { Temperature = 0 }, "temperature is 0; use a number above 0: greedy completions of a prompt are all alike and teach nothing" },
        { new GrpoOptions { TopP = 0 }, "top_p is 0; use a number in (0, 1]" },
        { new GrpoOptions { TopP = 1.5 }, "top_p is 1.5; use a number in (0, 1]" },
        { new GrpoOptions { TopK = -1 }, "top_k is -1; use 0 (off) or more" },
        { new GrpoOptions { MinP = double.NaN }, "min_p is NaN; use a number in [0, 1]" },
        { new GrpoOptions { RepetitionPenalty = 0 }, "repetition_penalty is 0; use a number above 0, 1 for none" },
        { new GrpoOptions { Stop = ["a", ""] }, "stop holds an empty text, which every completion holds; take it out" },
        { new GrpoOptions { Epsilon = 0 }, "epsilon is 0; use a number above 0, such as 0.2" },
        { new GrpoOptions { EpsilonHigh = 0 }, "epsilon_high is 0; use a number above 0, such as 0.28" },
        { new GrpoOptions { Delta = 1.25, EpsilonHigh = 0.25 }, "delta is 1.25; it must lie above 1 + epsilon_high (1.25), else it would undo the clipping" },
        { new GrpoOptions { Delta = 1 }, "delta is 1; it must lie above 1 + epsilon_high (1.2), else it would undo the clipping" },
        { new GrpoOptions { WeightCap = 0 }, "weight_cap is 0; use a number above 0, such as 5" },
        { new GrpoOptions { Beta = -0.1 }, "beta is -0.1; use 0 (no reference) or more" },
        { new GrpoOptions { NumIterations = 0 }, "num_iterations is 0; use 1 or more" },
        { new GrpoOptions { StepsPerGeneration = 0 }, "steps_per_generation is 0; use 1 to prompts_per_step x num_generations (256)" },
        { new GrpoOptions { StepsPerGeneration = 257 }, "steps_per_generation is 257; use 1 to prompts_per_step x num_generations (256)" },
        { new GrpoOptions { MaxSamplingRounds = 0 }, "max_sampling_rounds is 0; use 1 or more" },
        { new GrpoOptions { RefModelSyncSteps = -1 }, "ref_model_sync_steps is -1; use 0 (never) or more" },
        { new GrpoOptions { RefModelMixupAlpha = 0 }, "ref_model_mixup_alpha is 0; use a number in (0, 1]" },
        { new GrpoOptions { MaxTokensPerMicroBatch = 0 }, "max_tokens_per_micro_batch is 0; use 1 or more" },
        { new GrpoOptions { RolloutBatchSize = 0 }, "rollout_batch_size is 0; use 1 or more" },
        { new GrpoOptions { NumCompletionsToPrint = -1 }, "num_completions_to_print is -1; use 0 or more" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_fault_names_the_setting_and_what_to_use(GrpoOptions options, string fault) => Assert.Equal([fault], options.Faults());

    [Fact]
    public void All_faults_come_at_once() =>
        Assert.Equal(3, new GrpoOptions { MaxSteps = 0, Beta = -1, WeightDecay = -1 }.Faults().Count());

    [Fact]
    public void Defaults_are_without_fault_and_those_of_TRL()
    {
        GrpoOptions options = new();
        Assert.Empty(options.Faults());
        Assert.Equal((1e-6, 0.2, null, 0.0, 8, 1, 1.0), (options.LearningRate, options.Epsilon, options.EpsilonHigh, options.Beta, options.NumGenerations, options.NumIterations, options.Temperature));
        Assert.Equal((PolicyLossType.Dapo, ScaleRewards.Group, KlEstimator.K3, false), (options.LossType, options.ScaleRewards, options.KlEstimator, options.MaskTruncatedCompletions));
    }

    [Fact]
    public void R1s_epsilon_is_allowed() => Assert.Empty(new GrpoOptions { Epsilon = 10 }.Faults());
}
