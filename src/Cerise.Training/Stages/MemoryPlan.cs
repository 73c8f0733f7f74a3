using Cerise.Models;
using Cerise.Models.Adapters;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;
using Cerise.Training.Batches;
using Cerise.Training.Optimizers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>What training a model needs in memory, in bytes: counted by running one step, of the largest size, on a <see cref="MemoryMeter"/>.</summary>
/// <remarks>An upper bound: sequences that are all as long as the longest, and completions that never end early. Where those are rare, a run takes less.</remarks>
/// <param name="Weights">Weights, those of an adapter and of a reference policy included.</param>
/// <param name="Optimizer">Gradients and AdamW's two moments of what is trained.</param>
/// <param name="Activations">Activations and their gradients of one micro-batch, logits at the head included.</param>
/// <param name="Rollout">Keys, values and activations while sampling, and the reference's activations while scoring; 0 for stages that do neither.</param>
public sealed record MemoryPlan(long Weights, long Optimizer, long Activations, long Rollout)
{
    /// <summary>The runtime itself with its code, kernels' scratch memory, tokenizer and texts.</summary>
    private const long Runtime = 70_000_000;

    /// <summary>All together.</summary>
    public long Total => Weights + Optimizer + Activations + Rollout + Runtime;

    /// <summary>Whether it fits in what this machine has left.</summary>
    public bool Fits => Total <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The plan for pre-training or supervised fine-tuning.</summary>
    /// <param name="config">The model.</param>
    /// <param name="options">The stage's settings.</param>
    /// <param name="longest">Tokens of the longest sequence.</param>
    /// <param name="adapter">The adapter that is trained; null for the one, if any, that the settings ask for.</param>
    public static MemoryPlan ForSupervised(ModelConfig config, SupervisedOptions options, int longest, LoraConfig? adapter = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        using MemoryMeter meter = new();
        using CausalModel model = Model(config, meter, options, adapter);
        long weights = meter.Bytes;
        int[] lengths = LargestMicroBatch(longest, options.BatchSize, options.MaxTokensPerMicroBatch);
        TokenBatch batch = TokenBatch.PackAll([.. lengths.Select(length => Tokens(length, config))]);
        return Training(meter, model, options, graph => model.LikelihoodLoss(graph, batch, new float[batch.Targets.Count]).Loss) with { Weights = weights };
    }

    /// <summary>The plan for reinforcement learning with completions sampled from the model.</summary>
    /// <param name="config">The model.</param>
    /// <param name="options">The stage's settings.</param>
    /// <param name="longestPrompt">Tokens of the longest prompt.</param>
    /// <param name="adapter">The adapter that is trained; null for the one, if any, that the settings ask for.</param>
    public static MemoryPlan ForGrpo(ModelConfig config, GrpoOptions options, int longestPrompt, LoraConfig? adapter = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        using MemoryMeter meter = new();
        using CausalModel model = Model(config, meter, options, adapter);
        long weights = meter.Bytes;
        longestPrompt = Math.Clamp(longestPrompt, 1, options.ContextOf(config) - 1);
        int longest = Math.Min(longestPrompt + options.MaxCompletionLength, options.ContextOf(config));
        TokenBatch batch = LargestMicroBatch(config, options, longestPrompt, longest - longestPrompt);
        MemoryPlan training = Training(meter, model, options, graph => model.LogProbs(graph, batch).LogProbs.Dot(new float[batch.Targets.Count]));
        long rollout = Sampling(config, options, longestPrompt, longest, adapter);
        if (options.Beta > 0 && options.UsePeft)
            return training with { Weights = weights, Rollout = rollout + Scoring(model, batch) };
        return options.Beta > 0
            ? training with { Weights = weights + (weights / sizeof(float) * options.RefModelDtype.Size()), Rollout = rollout + Scoring(model, batch) }
            : training with { Weights = weights, Rollout = rollout };
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Gigabytes(Total)} GB: weights {Gigabytes(Weights)}, gradients and optimizer {Gigabytes(Optimizer)}, activations {Gigabytes(Activations)}"
        + (Rollout > 0 ? $", rollout {Gigabytes(Rollout)}" : "") + $", runtime {Gigabytes(Runtime)}"
        + (Fits ? "" : $"; this machine has {Gigabytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} GB: lower max_tokens_per_micro_batch, set gradient_checkpointing or take a smaller model");

    // As the stage makes it: what is not trained takes no gradient.
    private static CausalModel Model(ModelConfig config, MemoryMeter meter, AdapterOptions options, LoraConfig? adapter)
    {
        CausalModel model = CausalModel.Zeros(config, meter, options.Dtype, options.ContextOf(config));
        TrainedWeights.Choose(model, options, adapter, Seed.From(0));
        return model;
    }

    // As many of the longest as fit, and a shorter one that fills the rest.
    private static int[] LargestMicroBatch(int longest, int sequences, int maxTokens)
    {
        int whole = Math.Clamp(maxTokens / longest, 1, sequences);
        int rest = whole < sequences ? Math.Max(0, maxTokens - (whole * longest)) : 0;
        return rest > 1 ? [.. Enumerable.Repeat(longest, whole), rest] : [.. Enumerable.Repeat(longest, whole)];
    }

    // Groups of the longest completions to the longest prompts, cut as the trainer cuts them.
    private static TokenBatch LargestMicroBatch(ModelConfig config, GrpoOptions options, int prompt, int completion)
    {
        TokenSequence sequence = TokenSequence.Of(Tokens(prompt, config), Tokens(completion, config));
        TokenSequence[] sequences =
        [
            .. Enumerable.Range(0, options.PromptsPerStep * options.NumGenerations)
                .Select(i => sequence with { Group = options.SharedPrefix ? i / options.NumGenerations : null }),
        ];
        (int first, int count) = MicroBatches.Cut(sequences, options.MaxTokensPerMicroBatch).MaxBy(part => part.Count);
        return MicroBatches.Pack(sequences, first, count);
    }

    private static MemoryPlan Training(MemoryMeter meter, CausalModel model, OptimizerOptions options, Func<Graph, Tensor> loss)
    {
        long before = meter.Bytes;
        using AdamWOptimizer optimizer = new(model, options with { ParamGroups = [] }, 1);
        long state = meter.Bytes - before;
        using Graph graph = new(meter, record: true, options.Activations);
        graph.Backward(loss(graph));
        // Of the graph's last block, what was never handed out was never touched either.
        return new MemoryPlan(0, state, meter.PeakBytes - before - state - graph.Bytes + graph.PeakBytes, 0);
    }

    private static long Scoring(CausalModel model, TokenBatch batch)
    {
        using Graph graph = new(model.Device, record: false);
        model.LogProbs(graph, batch);
        return graph.PeakBytes;
    }

    // Samples as many completions at once, of the full length, as the stage ever does.
    private static long Sampling(ModelConfig config, GrpoOptions options, int longestPrompt, int longest, LoraConfig? adapter)
    {
        using MemoryMeter meter = new();
        using CausalModel model = Model(config, meter, options, adapter);
        long before = meter.Bytes;
        int prompts = Math.Clamp(options.RolloutBatchSize / options.NumGenerations, 1, options.PromptsPerStep);
        SamplingOptions sampling = new() { MaxNewTokens = longest - longestPrompt, MaxBatchSize = options.RolloutBatchSize };
        using Generator generator = new(model);
        generator.Generate(
            [.. Enumerable.Range(0, prompts).Select(i => new GenerationRequest(new int[longestPrompt], options.NumGenerations, Seed.From(i)))], sampling);
        return meter.PeakBytes - before;
    }

    // Ids that are all different as far as possible: each row of the table that is looked up takes memory for its gradient.
    private static int[] Tokens(int length, ModelConfig config) => [.. Enumerable.Range(0, length).Select(i => i % config.VocabSize)];

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
