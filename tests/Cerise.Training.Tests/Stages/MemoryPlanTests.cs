using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Optimizers;
using Cerise.Training.Stages;
using Cerise.Training.Tests.Trainers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Stages;

/// <summary>How plans are made; that they are true is tested on the real program, in the end-to-end tests.</summary>
public sealed class MemoryPlanTests
{
    private static readonly ModelConfig Config = new ModelShape().ToConfig(Toy.Tokenizer);

    private static readonly SftOptions Options = new() { BatchSize = 64, MaxTokensPerMicroBatch = 8192 };

    [Fact]
    public void Weights_gradients_and_moments_are_counted_with_their_padding()
    {
        MemoryPlan plan = MemoryPlan.ForSupervised(Config, Options, 512);
        // 257 tokens lie in five panels of 64 rows.
        Assert.Equal(4 * (ModelTensors.ParameterCount(Config) + (63L * Config.HiddenSize)), plan.Weights);
        Assert.Equal((3 * plan.Weights, 0), (plan.Optimizer, plan.Rollout));
    }

    public static TheoryData<string> Families => [.. ModelConfig.KnownModelTypes];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_family_can_be_planned(string type)
    {
        ModelConfig config = new ModelShape { ModelType = type }.ToConfig(Toy.Tokenizer);
        MemoryPlan plan = MemoryPlan.ForSupervised(config, Options, 512);
        Assert.Equal(3 * plan.Weights, plan.Optimizer);
        Assert.InRange(plan.Weights, 4 * ModelTensors.ParameterCount(config), 4 * (ModelTensors.ParameterCount(config) + (3L * 64 * config.HiddenSize)));
        // At least what the feed-forward layer makes and attention reads, of 8192 tokens in 6 layers.
        Assert.True(plan.Activations > 8192L * 6 * 4 * ((2 * 512) + (3 * 192)));
        GrpoOptions options = new() { PromptsPerStep = 4, NumGenerations = 8, MaxCompletionLength = 100, MaxTokensPerMicroBatch = 1024 };
        Assert.True(MemoryPlan.ForGrpo(config, options, 40).Rollout > 32 * 3 * Cerise.Models.Generation.KvCache.BytesPerBlock(config));
    }

    [Fact]
    public void Activations_grow_with_the_micro_batch_as_far_as_the_batch_goes()
    {
        long Of(int maxTokens, int batch) =>
            MemoryPlan.ForSupervised(Config, Options with { MaxTokensPerMicroBatch = maxTokens, BatchSize = batch }, 512).Activations;
        Assert.InRange((double)Of(16384, 64) / Of(8192, 64), 1.9, 2.1);
        Assert.Equal(Of(8192, 4), Of(2048, 64));
        Assert.Equal(Of(512, 64), Of(100, 64));                            // one sequence is always whole
        Assert.InRange(Of(8192 + 256, 64), Of(8192, 64) + 1, Of(8192 + 512, 64) - 1);
    }

    [Fact]
    public void Rounded_activations_take_less_and_checkpoints_least()
    {
        long whole = MemoryPlan.ForSupervised(Config, Options, 512).Activations;
        long rounded = MemoryPlan.ForSupervised(Config, Options with { ActivationDtype = ActivationDtype.Bfloat16 }, 512).Activations;
        long checkpoints = MemoryPlan.ForSupervised(Config, Options with { GradientCheckpointing = true }, 512).Activations;
        Assert.InRange((double)rounded / whole, 0.4, 0.8);
        Assert.InRange((double)checkpoints / whole, 0.1, 0.6);
    }

    [Fact]
    public void A_rollout_counts_cache_and_reference()
    {
        GrpoOptions options = new() { PromptsPerStep = 4, NumGenerations = 8, MaxCompletionLength = 100, MaxTokensPerMicroBatch = 1024 };
        MemoryPlan plan = MemoryPlan.ForGrpo(Config, options, 40);
        MemoryPlan withReference = MemoryPlan.ForGrpo(Config, options with { Beta = 0.1 }, 40);
        // 32 completions of 140 tokens, each in at least three blocks of 64.
        Assert.True(plan.Rollout > 32 * 3 * Cerise.Models.Generation.KvCache.BytesPerBlock(Config));
        Assert.Equal(2 * plan.Weights, withReference.Weights);
        Assert.Equal(3 * plan.Weights / 2, MemoryPlan.ForGrpo(Config, options with { Beta = 0.1, RefModelDtype = DType.Bfloat16 }, 40).Weights);
        Assert.Equal((plan.Optimizer, plan.Activations), (withReference.Optimizer, withReference.Activations));
        Assert.True(withReference.Rollout > plan.Rollout);
        Assert.True(MemoryPlan.ForGrpo(Config, options, 100_000).Total > plan.Total);       // beyond the context: cut to it
    }

    [Fact]
    public void A_plan_beyond_the_machine_says_what_to_lower()
    {
        MemoryPlan plan = MemoryPlan.ForSupervised(Config, Options, 512);
        Assert.True(plan.Fits);
        MemoryPlan huge = plan with { Activations = 1L << 50 };
        Assert.False(huge.Fits);
        Assert.Matches(
            @"^11\d\d\d\d\d(\.\d+)? GB: .*; this machine has [0-9.]+ GB: lower max_tokens_per_micro_batch, set gradient_checkpointing or take a smaller model$", huge.ToString());
    }
}
