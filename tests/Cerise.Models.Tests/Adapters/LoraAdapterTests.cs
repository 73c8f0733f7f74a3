using Cerise.Models.Adapters;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Tests.Families;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Testing;

namespace Cerise.Models.Tests.Adapters;

public sealed class LoraAdapterTests
{
    public static TheoryData<string, string> Cases => new MatrixTheoryData<string, string>(ModelConfig.KnownModelTypes, ["lora", "rslora", "dora", "tables"]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_fresh_adapter_changes_no_bit(string family, string kind)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = FamilyCases.NewModel(family, device, layers: 2);
        float[] expected = Score(model, family);
        model.AddAdapter(AdaptedModels.Kind(kind), Seed.From(1));
        Bits.AssertSame(expected, Score(model, family), $"{family}, {kind}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Without_its_adapter_a_model_is_its_base_bit_for_bit(string family, string kind)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = FamilyCases.NewModel(family, device, layers: 2);
        float[] expected = Score(model, family);
        LoraAdapter adapter = AdaptedModels.Add(model, AdaptedModels.Kind(kind) with { ModulesToSave = [family == "gpt2" ? "ln_f" : "model.norm"] }, Seed.From(1));
        float[] adapted = Score(model, family);
        Assert.NotEqual(expected, adapted);
        using (adapter.Off())
        {
            Assert.False(adapter.IsOn);
            Bits.AssertSame(expected, Score(model, family), $"{family}, {kind}, off");
        }
        Bits.AssertSame(adapted, Score(model, family), $"{family}, {kind}, on again");
        model.RemoveAdapter();
        Bits.AssertSame(expected, Score(model, family), $"{family}, {kind}, removed");
        Assert.Same(model.Parameters[0], model.TrainedParameters[0]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Merged_weights_compute_what_the_adapter_does(string family, string kind)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = Gentle(family, device);
        AdaptedModels.Add(model, AdaptedModels.Kind(kind), Seed.From(2), size: 0.1f);
        float[] expected = Score(model, family);

        using TemporaryFolder folder = TestPaths.NewFolder();
        model.Save(folder.Path, SafetensorsDType.F32);
        using (CausalModel merged = CausalModel.Load(folder.Path, device))
        {
            AssertClose(expected, Score(merged, family), $"{family}, {kind}, merged file");
            Assert.Equal(model.IsTied && kind != "tables", merged.IsTied);
        }
        if (model.IsTied && kind == "tables")
        {
            Assert.Throws<InvalidOperationException>(() => model.Merge());
            return;
        }
        float[][] weights = [.. model.Parameters.Select(parameter => parameter.ToArray())];
        LoraAdapter adapter = model.Merge();
        Assert.Null(model.Adapter);
        AssertClose(expected, Score(model, family), $"{family}, {kind}, merged");
        model.Unmerge(adapter);
        Bits.AssertSame(expected, Score(model, family), $"{family}, {kind}, unmerged");
        foreach ((float[] before, Parameter after) in weights.Zip(model.Parameters))
            Bits.AssertSame(before, after.ToArray(), after.Name);
        model.Merge(keepsBase: false);
        Assert.Throws<InvalidOperationException>(() => model.Unmerge(adapter));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_adapter_folder_gives_the_same_bits_back(string family, string kind)
    {
        using Device device = Device.Cpu(2);
        using TemporaryFolder folder = TestPaths.NewFolder();
        LoraConfig config = AdaptedModels.Kind(kind) with { ModulesToSave = [family == "gpt2" ? "ln_f" : "model.norm"] };
        float[] expected;
        using (CausalModel model = FamilyCases.NewModel(family, device, layers: 2))
        {
            AdaptedModels.Add(model, config, Seed.From(3)).Save(folder.Path, "some/base");
            expected = Score(model, family);
        }
        using CausalModel loaded = FamilyCases.NewModel(family, device, layers: 2);
        LoraAdapter adapter = loaded.LoadAdapter(folder.Path);
        Bits.AssertSame(expected, Score(loaded, family), $"{family}, {kind}");
        Assert.Equal("some/base", adapter.Config.BaseModelNameOrPath);
        Assert.Equal(family == "gpt2", LoraConfig.Load(folder.Path).FanInFanOut);
        adapter.Save(folder.File("again"));
        Assert.Equal(File.ReadAllBytes(folder.File("adapter_model.safetensors")), File.ReadAllBytes(folder.File("again/adapter_model.safetensors")));
        Assert.Equal(File.ReadAllBytes(folder.File("adapter_config.json")), File.ReadAllBytes(folder.File("again/adapter_config.json")));
    }

    [Fact]
    public void Only_the_adapter_is_trained()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel("llama", device);
        LoraAdapter adapter = model.AddAdapter(new LoraConfig { TargetModules = ModuleSelection.Of(["q_proj", "v_proj"]), ModulesToSave = ["norm"] }, Seed.From(1));
        model.RequireGradients();
        // Every norm's path ends in "norm", as PEFT reads it.
        string[] saved = [.. model.Parameters.Where(parameter => parameter.Trainable).Select(parameter => parameter.Name)];
        Assert.Equal(["model.layers.0.input_layernorm.weight", "model.layers.0.post_attention_layernorm.weight"], saved[..2]);
        Assert.Equal(7, saved.Length);
        Assert.Equal(12 + 7, model.TrainedParameters.Count);
        Assert.All(model.TrainedParameters, parameter => Assert.True(parameter.Trainable));
        Assert.Equal(["model.layers.0.self_attn.q_proj", "model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.q_proj"], adapter.Modules.Take(3));
        Assert.Throws<InvalidOperationException>(() => model.Clone());
        Assert.Throws<InvalidOperationException>(() => model.AddAdapter(new LoraConfig(), Seed.From(1)));
    }

    [Fact]
    public void Factors_begin_as_peft_begins_them()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel("llama", device);
        LoraAdapter adapter = model.AddAdapter(new LoraConfig { R = 6, TargetModules = ModuleSelection.Of(["q_proj", "embed_tokens"]) }, Seed.From(1));
        LowRankAdapter query = adapter.Factors("model.layers.1.self_attn.q_proj");
        float[] down = query.Down.ToArray();
        float bound = 1 / MathF.Sqrt(24);
        Assert.All(down, value => Assert.InRange(value, -bound, bound));
        Assert.True(down.Max() > 0.9f * bound && down.Min() < -0.9f * bound);
        Assert.All(query.Up.ToArray(), value => Assert.Equal(0, value));
        LowRankAdapter table = adapter.Factors("model.embed_tokens");
        Assert.Equal((new Shape(71, 6), new Shape(24, 6)), (table.Down.Shape, table.Up.Shape));
        Assert.All(table.Down.ToArray(), value => Assert.Equal(0, value));
        Assert.InRange(table.Up.ToArray().Average(value => value * value), 0.6, 1.5);
        Assert.Throws<ArgumentException>(() => adapter.Factors("model.norm"));
    }

    [Fact]
    public void A_table_that_is_embedding_and_head_stays_one_where_it_is_trained_whole()
    {
        using Device device = Device.Cpu(1);
        using TemporaryFolder folder = TestPaths.NewFolder();
        LoraConfig config = new() { R = 2, ModulesToSave = ["embed_tokens"], EnsureWeightTying = true };
        float[] expected;
        using (CausalModel model = Gentle("qwen2", device))
        {
            AdaptedModels.Add(model, config, Seed.From(1), size: 0.1f).Save(folder.Path);
            expected = Score(model, "qwen2");
            model.Save(folder.File("merged"), SafetensorsDType.F32);
        }
        Assert.Contains("\"ensure_weight_tying\": true", File.ReadAllText(folder.File("adapter_config.json")), StringComparison.Ordinal);
        using CausalModel loaded = Gentle("qwen2", device);
        loaded.LoadAdapter(folder.Path);
        Bits.AssertSame(expected, Score(loaded, "qwen2"), "loaded");
        using CausalModel merged = CausalModel.Load(folder.File("merged"), device);
        AssertClose(expected, Score(merged, "qwen2"), "merged");
        Assert.True(merged.IsTied);
    }

    // PEFT's own default: a copy for each of the two that is named, and the other stays the base's.
    [Theory]
    [InlineData("qwen2", "embed_tokens", "lm_head")]
    [InlineData("qwen2", "lm_head")]
    [InlineData("qwen2", "model.embed_tokens")]
    [InlineData("gemma2", "embed_tokens", "lm_head")]
    [InlineData("gpt2", "wte", "lm_head")]
    [InlineData("gpt2", "lm_head")]
    public void A_table_that_is_embedding_and_head_is_two_where_they_are_trained_whole_apart(string family, params string[] names)
    {
        using Device device = Device.Cpu(1);
        using TemporaryFolder folder = TestPaths.NewFolder();
        using CausalModel model = Gentle(family, device);
        float[] plain = Score(model, family), table = model.Parameters[0].ToArray();
        LoraAdapter adapter = AdaptedModels.Add(model, new LoraConfig { R = 2, ModulesToSave = names }, Seed.From(1), size: 0.1f);
        float[] expected = Score(model, family);
        Assert.NotEqual(plain, expected);
        using (adapter.Off())
            Bits.AssertSame(plain, Score(model, family), $"{family}, off");

        adapter.Save(folder.File("adapter"));
        using (SafetensorsReader file = SafetensorsReader.Open(folder.File("adapter/adapter_model.safetensors")))
        {
            string[] whole = [.. file.Entries.Select(entry => entry.Name).Where(name => !name.Contains("lora_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            Assert.Equal(names.Select(name => $"base_model.model.{(name == "lm_head" ? name : AdaptableModule.PathOf(model.Parameters[0].Name))}.weight").Order(StringComparer.Ordinal), whole);
        }
        Assert.Throws<InvalidOperationException>(() => model.Merge());
        model.Save(folder.File("merged"), SafetensorsDType.F32);
        using CausalModel merged = CausalModel.Load(folder.File("merged"), device);
        Assert.False(merged.IsTied);
        AssertClose(expected, Score(merged, family), "merged");
        Assert.Equal(!names.Any(name => name != "lm_head"), merged.Parameters[0].ToArray().AsSpan().SequenceEqual(table));
        Assert.Equal(!names.Contains("lm_head"), merged.Parameter("lm_head.weight").ToArray().AsSpan().SequenceEqual(table));
        AssertSameGradients(model, merged, family);

        model.RemoveAdapter();
        Bits.AssertSame(plain, Score(model, family), $"{family}, removed");
        model.LoadAdapter(folder.File("adapter"));
        Bits.AssertSame(expected, Score(model, family), $"{family}, loaded");
    }

    [Fact]
    public void Embedding_and_head_that_are_one_table_are_not_half_adapted_and_half_trained_whole()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Gentle("qwen2", device);
        LoraConfig config = new() { TargetModules = ModuleSelection.Of(["q_proj", "lm_head"]), ModulesToSave = ["embed_tokens"] };
        Assert.Equal(
            "target_modules names 'lm_head', and modules_to_save the other of embedding and head, which are one table in this model: name both in one of the two",
            Assert.Throws<AdapterException>(() => model.AddAdapter(config, Seed.From(1))).Message);
    }

    [Fact]
    public void Weights_in_16_bits_take_adapters_and_modules_that_are_trained_whole()
    {
        using Device device = Device.Cpu(2);
        ModelConfig config = FamilyCases.Config("qwen3");
        using CausalModel stored = CausalModel.Create(config, device, Seed.From(4), DType.Bfloat16);
        float[] expected = Score(stored, "qwen3");
        LoraAdapter adapter = AdaptedModels.Add(stored, AdaptedModels.Kind("dora") with { ModulesToSave = ["o_proj"] }, Seed.From(5));
        Parameter whole = stored.Parameter("model.layers.1.self_attn.o_proj.weight");
        Assert.Equal(DType.Float32, whole.DType);
        stored.RequireGradients();
        Assert.True(whole.Trainable);
        using (adapter.Off())
        {
            Assert.Equal(DType.Bfloat16, whole.DType);
            Assert.False(whole.Trainable);
            Bits.AssertSame(expected, Score(stored, "qwen3"), "off");
        }
        Assert.Throws<InvalidOperationException>(() => stored.Merge());
    }

    internal static float[] Score(CausalModel model, string family)
    {
        using Graph graph = new(model.Device, record: false);
        return model.LogProbs(graph, TokenBatch.PackAll(FamilyCases.Sequences(family, 5, 40, 70))).LogProbs.ToArray();
    }

    // What is trained whole has the gradient that it has in the model with two tables.
    private static void AssertSameGradients(CausalModel model, CausalModel merged, string family)
    {
        foreach (CausalModel each in new[] { model, merged })
        {
            each.RequireGradients();
            using Graph graph = new(each.Device, record: true);
            TokenBatch batch = TokenBatch.PackAll(FamilyCases.Sequences(family, 5, 40));
            graph.Backward(each.LikelihoodLoss(graph, batch, [.. Enumerable.Repeat(1f / batch.Targets.Count, batch.Targets.Count)]).Loss);
        }
        foreach (Parameter trained in model.TrainedParameters.Where(parameter => !parameter.Name.Contains("lora_", StringComparison.Ordinal)))
        {
            float[] mine = trained.ToArray(trained.Gradient!), theirs = merged.Parameter(trained.Name).ToArray(merged.Parameter(trained.Name).Gradient!);
            float largest = theirs.Max(Math.Abs);
            Assert.True(largest > 0, trained.Name);
            foreach ((float one, float other) in mine.Zip(theirs))
                Assert.Equal(other, one, 1e-4f * largest);
        }
    }

    // Weights of the size that trained models have, in which rounding does not grow from layer to layer.
    private static CausalModel Gentle(string family, Device device) => CausalModel.Create(FamilyCases.Config(family, layers: 2) with { InitializerRange = 0.1 }, device, Seed.From(6));

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-5 * Math.Max(1, Math.Abs(expected[i])), $"{what}: {actual[i]}, with the adapter {expected[i]}");
    }
}
