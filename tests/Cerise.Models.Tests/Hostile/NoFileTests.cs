using Cerise.Models.Adapters;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Tests.Families;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests.Hostile;

/// <summary>Paths of a model's files that name something else: refused before they are opened, since opening a pipe waits for its writer.</summary>
public sealed class NoFileTests
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("generation_config.json")]
    [InlineData("model.safetensors")]
    [InlineData("model.safetensors.index.json")]
    public void A_named_pipe_is_no_file_of_a_model(string name)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        SpecialFiles.NamedPipe(folder.File(name));
        var error = Assert.Throws<CheckpointException>(() =>
        {
            switch (name)
            {
                case "config.json":
                    ModelConfig.Load(folder.Path);
                    break;
                case "generation_config.json":
                    GenerationConfig.Load(folder.Path);
                    break;
                default:
                    SafetensorsReader.Open(folder.Path).Dispose();
                    break;
            }
        });
        Assert.Contains($"{name}: cannot be opened (it is a named pipe, not a file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(LoraConfig.FileName)]
    [InlineData(LoraAdapter.WeightsFileName)]
    public void A_named_pipe_is_no_file_of_an_adapter(string name)
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel("llama", device, layers: 1);
        using TemporaryFolder folder = TestPaths.NewFolder();
        model.AddAdapter(new LoraConfig { R = 2, TargetModules = ModuleSelection.Of(["q_proj"]) }, Seed.From(1)).Save(folder.Path);
        model.RemoveAdapter();
        File.Delete(folder.File(name));
        SpecialFiles.NamedPipe(folder.File(name));
        Assert.Contains("is a named pipe", Assert.Throws<CheckpointException>(() => model.LoadAdapter(folder.Path)).Message, StringComparison.Ordinal);
    }
}
