using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Stages;
using Cerise.Training.Tests.Runs;

namespace Cerise.Training.Tests.Stages;

public sealed class StageContextTests : IDisposable
{
    private const string Recipe = """
        seed: 5
        stages:
          - {stage: task}
          - {stage: pretrain, name: base}
          - {stage: grpo, name: zero}
          - {stage: grpo, name: last}
          - {stage: evaluate}
        """;

    private readonly TemporaryFolder _folder = TestPaths.NewFolder();
    private readonly Device _device = Device.Cpu(1);
    private readonly RunFolder _run;
    private readonly RecipeDocument _recipe = RecipeDocument.Parse(Recipe, "r.yaml");

    public StageContextTests() => _run = RunFolder.Open(_folder.File("run"), Recipe, FakeRun.Environment, time: new FixedTime());

    [Fact]
    public void Results_go_to_a_folder_of_the_stages_name_and_the_last_models_to_model()
    {
        Assert.Equal(In("stages/task"), Context("task").Output);
        Assert.Equal(In("stages/base"), Context("base").Output);
        Assert.Equal(In("stages/zero"), Context("zero").Output);
        Assert.Equal(In("model"), Context("last").Output);
        Assert.Equal(In("stages/evaluate"), Context("evaluate").Output);
    }

    [Fact]
    public void An_earlier_stage_stands_for_what_it_made_and_a_file_of_it_for_that_file()
    {
        Directory.CreateDirectory(In("stages/task"));
        Directory.CreateDirectory(In("model"));
        File.WriteAllText(In("stages/task/prompts.jsonl"), "");
        Assert.Equal(In("stages/task"), Context("base").Input("data", "task"));
        Assert.Equal(In("stages/task/prompts.jsonl"), Context("zero").Input("data", "task/prompts.jsonl"));
        Assert.Equal(In("model"), Context("evaluate").Input("model", "last"));
        Assert.Equal(_folder.Path, Context("zero").Input("model", _folder.Path));
    }

    [Theory]
    [InlineData("", "stage 'zero': model is not set; name an earlier stage or a path, here or with --set stages.zero.model=PATH")]
    [InlineData(" ", "stage 'zero': model is not set; name an earlier stage or a path, here or with --set stages.zero.model=PATH")]
    [InlineData("last", "stage 'zero': model is 'last', a stage that comes no earlier; stages run in the recipe's order")]
    [InlineData("zero", "stage 'zero': model is 'zero', a stage that comes no earlier; stages run in the recipe's order")]
    [InlineData("last/model.safetensors", "stage 'zero': model is 'last/model.safetensors', a stage that comes no earlier; stages run in the recipe's order")]
    [InlineData("nowhere", "stage 'zero': model: there is no 'nowhere', and no earlier stage of that name")]
    [InlineData("base", "stage 'zero': model: there is no 'RUN/stages/base'")]
    [InlineData("task/none.jsonl", "stage 'zero': model: there is no 'RUN/stages/task/none.jsonl'")]
    public void What_is_not_there_is_named(string reference, string message)
    {
        TrainingException error = Assert.Throws<TrainingException>(() => Context("zero").Input("model", reference));
        Assert.Equal(message, error.Message.Replace(_run.Path, "RUN", StringComparison.Ordinal));
    }

    [Fact]
    public void A_stages_random_numbers_follow_from_the_seed_and_its_name()
    {
        Assert.Equal(Seed.From(5).Fork("zero"), Context("zero").Seed);
        Assert.NotEqual(Context("zero").Seed, Context("last").Seed);
    }

    public void Dispose()
    {
        _run.Dispose();
        _device.Dispose();
        _folder.Dispose();
    }

    private string In(string name) => Path.Combine(_run.Path, name);

    private StageContext Context(string stage) => new()
    {
        Run = _run,
        Recipe = _recipe,
        Stage = _recipe.Stages.Single(other => other.Name == stage),
        Device = _device,
        Rewards = new RewardRegistry(),
        Progress = new RecordingProgress(),
        Time = new FixedTime(),
        Cancellation = CancellationToken.None,
    };
}
