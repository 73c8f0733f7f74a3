using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Batches;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

/// <summary>A model of two tiny layers over single bytes: steps take milliseconds.</summary>
internal static class Toy
{
    /// <summary>256 bytes and the end of text.</summary>
    public static Tokenizer Tokenizer { get; } = BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 257 });

    /// <summary>The same, but it ends every text itself, as one with add_eos_token does.</summary>
    public static Tokenizer EndingTokenizer { get; } = Ending();

    public static ModelConfig Config { get; } = new()
    {
        ModelType = "llama",
        HiddenSize = 32,
        IntermediateSize = 48,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        VocabSize = Tokenizer.VocabSize,
        MaxPositionEmbeddings = 128,
        TieWordEmbeddings = false,
        EosTokenIds = [Tokenizer.EosId!.Value],
    };

    private static Tokenizer Ending()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Tokenizer.Save(folder.Path);
        string path = folder.File("tokenizer_config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config["add_eos_token"] = true;
        File.WriteAllText(path, config.ToJsonString());
        return Tokenizer.Load(folder.Path);
    }

    /// <summary>The same fresh weights at every call.</summary>
    public static CausalModel NewModel(Device device, bool isTied = false) => CausalModel.Create(Config with { TieWordEmbeddings = isTied }, device, Seed.From(7));

    public static IReadOnlyList<Prompt> Prompts(params string[] texts) =>
        [.. texts.Select(text => new Prompt(text, Tokenizer.Encode(text), new Dictionary<string, JsonElement>()))];

    /// <summary>A prompt and its completion as stage sft makes an example of them; null where it is dropped.</summary>
    public static TokenSequence? Example(string prompt, string completion, SftOptions options)
    {
        ChatTokenizer chat = new(Tokenizer, null, new ChatTokenizerOptions { MaxLength = options.MaxLength, CompletionOnlyLoss = options.CompletionOnlyLoss });
        ChatExample example = chat.Encode(new Conversation { Plain = new PlainText(prompt, completion) });
        return example.DroppedBecause is null ? TokenSequence.Of(example) : null;
    }

    /// <summary>All weights' bits, in the order of the forward pass.</summary>
    public static int[] Bits(CausalModel model) =>
        [.. model.Parameters.SelectMany(parameter => parameter.ToArray()).Select(BitConverter.SingleToInt32Bits)];

    public static RewardSum Rewards(Func<RewardInput, double?> score) => new([new WeightedReward(new FunctionReward(score))]);

    /// <summary>The share of a completion's tokens that are lower-case letters.</summary>
    public static double? LetterShare(RewardInput input) => (double)input.Completion.Count(char.IsAsciiLetterLower) / input.CompletionIds.Count;

    /// <summary>A rollout as if it had been sampled.</summary>
    public static Rollout Rollout(int group, int length, FinishReason reason = FinishReason.Stop, float logProb = -1) => new(
        Prompts("ab")[0], group, new Completion([.. Enumerable.Range(1, length)], [.. Enumerable.Repeat(logProb, length)], reason), "");

    /// <summary>Trains for some steps and gives the metrics of each.</summary>
    public static List<StepResult> Train(ITrainer trainer, int steps) =>
        [.. Enumerable.Range(0, steps).Select(_ => trainer.TrainStep(TestContext.Current.CancellationToken))];

    private sealed class FunctionReward(Func<RewardInput, double?> score) : RowReward("toy")
    {
        public override double? Score(RewardInput input) => score(input);
    }
}
