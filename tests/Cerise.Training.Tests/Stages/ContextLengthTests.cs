using System.Text.Json.Nodes;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Stages;

/// <summary>Models that are used for longer texts than their original context: Phi's longrope, which then takes its other factors.</summary>
public sealed class ContextLengthTests : IDisposable
{
    private const int Original = 16;

    private readonly SmallRun _small = new();

    public ContextLengthTests()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = Toy.Config with
        {
            ModelType = "phi3",
            QkvBias = false,
            HeadDim = 8,
            MaxPositionEmbeddings = 128,
            RopeScaling = new RopeScaling.LongRope([1, 1.2, 1.5, 2], [1.5, 3, 6, 9], Original),
        };
        using CausalModel model = CausalModel.Create(config, device, Seed.From(3));
        ModelFolder.Save(_small.Path("toy"), model, new ModelText(Toy.Tokenizer, null));
        _small.Write("pairs.jsonl", """{"prompt":"ab","completion":"qrstuvwxyzqrstuvwxyz"}""", """{"prompt":"a","completion":"b"}""");
        _small.Write("problems.jsonl", """{"prompt":"abcdefghijklmnopqrstuvwxyz","answer":"#### 4"}""");
    }

    [Fact]
    public void Examples_are_cut_at_the_original_context_unless_a_longer_one_is_asked_for()
    {
        const string stage = "{stage: sft, model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 1, batch_size: 2, learning_rate: 1e-2";
        int example = Toy.Tokenizer.Encode("ab").Length + Toy.Tokenizer.Encode("qrstuvwxyzqrstuvwxyz").Length + 1;
        long cut = TokensOf(_small.Run($"stages: [{stage}}}]", "short")), whole = TokensOf(_small.Run($"stages: [{stage}, context_length: 64}}]", "long"));
        Assert.True(example > Original);
        Assert.Equal(example - Original, whole - cut);
    }

    [Fact]
    public void A_plan_is_for_the_context_asked_for()
    {
        MemoryPlan Plan(int context) => MemoryPlan.ForSupervised(
            ModelConfig.Load(_small.Path("toy")), new SftStageOptions { ContextLength = context, BatchSize = 1 }, context == 0 ? Original : context);
        Assert.True(Plan(128).Activations > 2 * Plan(0).Activations);
    }

    [Fact]
    public void Problems_longer_than_the_original_context_are_evaluated_where_a_longer_one_is_asked_for()
    {
        const string stage = "stages: [{stage: evaluate, data: DIR/problems.jsonl, max_completion_length: 4, models: [{name: a, model: DIR/toy";
        Assert.Contains($"which fill the model's context of {Original}", _small.Refused($"{stage}}}]}}]"), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_small.Run($"{stage}, context_length: 100}}]}}]", "long"), "evaluation.json")));
    }

    [Theory]
    [InlineData("sft", "model: DIR/toy, data: DIR/pairs.jsonl, context_length: 129")]
    [InlineData("evaluate", "data: DIR/problems.jsonl, models: [{name: a, model: DIR/toy, context_length: 129}]")]
    public void More_than_the_model_is_made_for_is_refused(string stage, string settings) => Assert.Equal(
        "DIR/toy: context_length is 129, the model is made for 128 tokens ('max_position_embeddings' of config.json); give that or less",
        _small.Refused($"stages: [{{stage: {stage}, {settings}}}]").TrimEnd('.'));

    [Theory]
    [InlineData("stage: sft, model: DIR/toy, data: DIR/pairs.jsonl, context_length: -1", "context_length is -1; use a number of tokens, or 0 for what the model's config says")]
    [InlineData("stage: pretrain, tokenizer: DIR/toy, data: DIR/pairs.jsonl, context_length: 64", "context_length is set without model: a fresh model's is max_position_embeddings of its shape")]
    public void What_makes_no_sense_is_named(string settings, string fault) => Assert.Contains(
        fault, Assert.Throws<RecipeException>(() => _small.Run($"stages: [{{{settings}}}]")).Message, StringComparison.Ordinal);

    public void Dispose() => _small.Dispose();

    private static long TokensOf(string run) =>
        (long)JsonNode.Parse(File.ReadLines(Path.Combine(run, "metrics.jsonl")).Last())!["num_tokens"]!;
}
