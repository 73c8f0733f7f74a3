using Cerise.Models;
using Cerise.Models.Adapters;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class MergeVerbTests(SmallModel model)
{
    [Fact]
    public void An_adapter_is_used_by_flag_by_folder_and_merged()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Adapter(folder.File("adapter"), model.Model);
        string[] plain = Score("--model", model.Model);
        string[] adapted = Score("--model", model.Model, "--adapter", folder.File("adapter"));
        Assert.NotEqual(plain, adapted);
        Assert.Equal(adapted, Score("--model", folder.File("adapter")));

        Assert.EndsWith(": 14 modules merged\n", Cli.Run("merge", "--model", folder.File("adapter"), "--out", folder.File("merged")).Error, StringComparison.Ordinal);
        float[] merged = Cli.RunWithInput(Rows, "score", "--model", folder.File("merged"), "--input", "-").Rows[0].Floats("logprobs");
        float[] expected = Cli.RunWithInput(Rows, "score", "--model", folder.File("adapter"), "--input", "-").Rows[0].Floats("logprobs");
        Assert.All(merged.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5f * Math.Abs(pair.Second)));
        Assert.Contains("holds a model already", Cli.Run("merge", "--model", folder.File("adapter"), "--out", folder.File("merged")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_merged_is_refused()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Assert.Contains("there is no adapter to merge", Cli.Run("merge", "--model", model.Model, "--out", folder.File("out")).Error, StringComparison.Ordinal);
        Assert.Contains("there is no adapter_config.json", Cli.Run("merge", "--model", model.Model, "--adapter", model.Tokenizer, "--out", folder.File("out")).Error, StringComparison.Ordinal);
        Adapter(folder.File("lost"), "Qwen/Qwen2.5-0.5B");
        Assert.Contains("the base model 'Qwen/Qwen2.5-0.5B' is no folder here", Cli.Run("score", "--model", folder.File("lost"), "--input", "-").Error, StringComparison.Ordinal);
    }

    private const string Rows = "{\"ids\":[1,2,3,4,5,6,7]}\n";

    private static string[] Score(params string[] flags) => [Cli.RunWithInput(Rows, ["score", .. flags, "--input", "-"]).Output];

    private void Adapter(string folder, string baseModel)
    {
        using Device device = Device.Cpu(1);
        using CausalModel loaded = CausalModel.Load(model.Model, device);
        LoraAdapter adapter = loaded.AddAdapter(new LoraConfig { R = 2 }, Seed.From(1));
        foreach (Parameter parameter in adapter.Parameters)
            parameter.SetRows(0, [.. Enumerable.Range(0, (int)parameter.Shape.Length).Select(i => 0.3f * (float)Seed.From(2).Fork(parameter.Name).Normal(i))]);
        adapter.Save(folder, baseModel);
    }
}
