using System.Text.Json;
using Cerise.Models;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Tests.Runs;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

/// <summary>A GRPO trainer on the toy model, with what it measured so far.</summary>
internal sealed class GrpoRun : IDisposable
{
    private readonly Device _device;

    public GrpoRun(GrpoOptions options, Func<RewardInput, double?>? reward = null, int threads = 1, params string[] prompts)
        : this(options, Toy.Rewards(reward ?? Toy.LetterShare), threads, prompts)
    {
    }

    private GrpoRun(GrpoOptions options, RewardSum rewards, int threads, string[] prompts)
    {
        Assert.Empty(options.Faults());
        _device = Device.Cpu(threads);
        Model = Toy.NewModel(_device);
        Trainer = new GrpoTrainer(Model, Toy.Tokenizer, Toy.Prompts(prompts.Length == 0 ? ["one:", "two:", "say:"] : prompts), rewards, options, Seed.From(11), new FixedTime());
    }

    /// <summary>2 prompts x 6 completions of at most 8 tokens, at a rate that moves the toy model visibly.</summary>
    public static GrpoOptions Options { get; } = new()
    {
        PromptsPerStep = 2,
        NumGenerations = 6,
        MaxCompletionLength = 8,
        LearningRate = 1e-2,
        MaxSteps = 20,
        NumCompletionsToPrint = 1000,
    };

    public CausalModel Model { get; }

    public GrpoTrainer Trainer { get; }

    public List<StepMetrics> Metrics { get; } = [];

    /// <summary>All completions of the newest step.</summary>
    public IReadOnlyList<SampleRow> Samples { get; private set; } = [];

    /// <summary>The weights' bits now.</summary>
    public int[] Bits => Toy.Bits(Model);

    /// <summary>Does some steps.</summary>
    public GrpoRun Steps(int count)
    {
        foreach (StepResult result in Toy.Train(Trainer, count))
        {
            Metrics.Add(result.Metrics);
            Samples = result.Samples;
        }
        return this;
    }

    /// <summary>A number of the trainer's saved progress, such as <c>updates</c> or <c>prompts</c>.</summary>
    public long Saved(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Trainer.SaveState(folder.Path);
        using JsonDocument progress = JsonDocument.Parse(File.ReadAllText(folder.File("trainer.json")));
        return progress.RootElement.GetProperty(name).GetInt64();
    }

    /// <summary>The optimizer's first moments: after one update the gradient, clipped, times 1 - beta1. (The gradient itself is zeroed by the update.)</summary>
    public float[] FirstMoments()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Trainer.SaveState(folder.Path);
        using SafetensorsReader reader = SafetensorsReader.Open(folder.File("optimizer.safetensors"));
        return [.. Model.Parameters.SelectMany(parameter =>
        {
            float[] moments = new float[parameter.Shape.Length];
            reader.Read($"{parameter.Name}.exp_avg", moments);
            return moments;
        })];
    }

    public void Dispose()
    {
        Trainer.Dispose();
        Model.Dispose();
        _device.Dispose();
    }
}
