using Cerise.Data;
using Cerise.Models;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Stages;
using Cerise.Training.Tests.Runs;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Stages;

/// <summary>Runs recipes in a temporary folder, which may hold models and data that they name by <c>DIR/</c>.</summary>
internal sealed class SmallRun : IDisposable
{
    /// <summary>Every stage of the main recipe, at a size that takes about a second.</summary>
    public const string Recipe = """
        name: small
        seed: 3
        stages:
          - {stage: task, documents: 300, prompts: 40, evaluation_problems: 20}
          - {stage: tokenizer, data: task/corpus.jsonl, vocab_size: 300}
          - stage: pretrain
            tokenizer: tokenizer
            data: task/corpus.jsonl
            shape: {hidden_size: 32, intermediate_size: 48, num_hidden_layers: 2, num_attention_heads: 2, max_position_embeddings: 256}
            batch_size: 4
            max_length: 64
            max_steps: 6
            warmup_steps: 2
            save_steps: 3
          - stage: grpo
            model: pretrain
            data: task/prompts.jsonl
            rewards: [{name: letters}, {name: format}]
            max_steps: 4
            prompts_per_step: 2
            num_generations: 4
            max_completion_length: 12
            learning_rate: 1e-3
            steps_per_generation: 2
            beta: 0.01
            ref_model_sync_steps: 3
            save_steps: 3
          - stage: evaluate
            data: task/evaluation.jsonl
            max_completion_length: 8
            models: [{name: base, model: pretrain}, {name: final, model: grpo}]
        """;

    private readonly TemporaryFolder _folder = TestPaths.NewFolder();
    private int _refused;

    /// <summary>The rewards that recipes can name; <c>letters</c> is the share of lower-case letters.</summary>
    public RewardRegistry Rewards { get; } = new();

    public SmallRun() => Rewards.Register("letters", _ => Reward("letters", Toy.LetterShare));

    public string Folder => _folder.Path;

    /// <summary>The newest run's progress.</summary>
    public RecordingProgress Progress { get; private set; } = new();

    public static IReward Reward(string name, Func<RewardInput, double?> score) => new NamedReward(name, score);

    /// <summary>A path in the folder.</summary>
    public string Path(string name) => _folder.File(name);

    /// <summary>Writes lines into the folder, for a recipe to read.</summary>
    public void Write(string name, params string[] lines) => File.WriteAllText(Path(name), string.Join('\n', lines) + "\n");

    /// <summary>Saves the toy model, or one like it, into the folder.</summary>
    public void SaveModel(string name, Tokenizer? tokenizer = null, bool hasEnd = true, ChatTemplate? template = null, int? vocabSize = null)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = CausalModel.Create((hasEnd ? Toy.Config : Toy.Config with { EosTokenIds = [] }) with { VocabSize = vocabSize ?? Toy.Config.VocabSize }, device, Seed.From(7));
        ModelFolder.Save(Path(name), model, new ModelText(tokenizer ?? Toy.Tokenizer, template));
    }

    /// <summary>Runs a recipe.</summary>
    /// <param name="recipe">YAML; <c>DIR</c> stands for the folder.</param>
    /// <param name="run">The run's folder in the folder.</param>
    /// <param name="resume">Whether to go on.</param>
    /// <param name="threads">Threads that compute.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <returns>The run's folder.</returns>
    public string Run(string recipe, string run = "run", bool resume = false, int threads = 1, RecordingProgress? progress = null, CancellationToken? cancellation = null)
    {
        Progress = progress ?? new RecordingProgress();
        using Device device = Device.Cpu(threads);
        RecipeDocument document = RecipeDocument.Parse(recipe.Replace("DIR", Folder, StringComparison.Ordinal), "small.yaml");
        new RecipeRunner(device, Rewards, Progress, new StandingTime())
            .Run(document, Path(run), FakeRun.Environment, resume, cancellation ?? TestContext.Current.CancellationToken);
        return Path(run);
    }

    /// <summary>Runs a recipe that must be refused.</summary>
    /// <returns>The message, with the folder as <c>DIR</c>.</returns>
    public string Refused(string recipe)
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Run(recipe, run: $"refused-{_refused++}"));
        return error.Message.Replace(Folder, "DIR", StringComparison.Ordinal);
    }

    /// <summary>Every file that must be the same in any two runs of a recipe, by name: all but times and the checkpoints, which say where a run was stopped.</summary>
    public static SortedDictionary<string, string> Results(string run)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            string name = System.IO.Path.GetRelativePath(run, file);
            if (name is not ("run.lock" or "run.pid" or "timings.json") && !name.StartsWith("checkpoints", StringComparison.Ordinal))
                files[name] = Convert.ToHexString(File.ReadAllBytes(file));
        }
        return files;
    }

    /// <summary>Requires that two runs have the same files with the same bytes.</summary>
    public static void Same(SortedDictionary<string, string> expected, string run)
    {
        SortedDictionary<string, string> actual = Results(run);
        string[] different = [.. expected.Keys.Union(actual.Keys).Where(name => expected.GetValueOrDefault(name) != actual.GetValueOrDefault(name))];
        Assert.True(different.Length == 0, $"{run} differs in {string.Join(", ", different)}");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A clock that stands, so that a step takes no time in any run and even logs of times can be compared.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;

        public override long GetTimestamp() => 0;
    }

    private sealed class NamedReward(string name, Func<RewardInput, double?> score) : RowReward(name)
    {
        public override double? Score(RewardInput input) => score(input);
    }
}
