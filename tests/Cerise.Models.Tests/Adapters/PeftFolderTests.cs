using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Models.Adapters;
using Cerise.Models.Checkpoints;
using Cerise.Models.Tests.Families;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests.Adapters;

/// <summary>Folders written byte by byte from PEFT's documented layout, not by our own writer.</summary>
public sealed class PeftFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = TestPaths.NewFolder();
    private readonly Device _device = Device.Cpu(1);

    // What PEFT 0.17 writes, with every key.
    private const string Config = """
        {"alpha_pattern": {"v_proj": 12}, "auto_mapping": null, "base_model_name_or_path": "Qwen/Qwen2.5-0.5B", "bias": "none", "corda_config": null,
         "eva_config": null, "exclude_modules": null, "fan_in_fan_out": false, "inference_mode": true, "init_lora_weights": true, "layer_replication": null,
         "layers_pattern": null, "layers_to_transform": [1], "loftq_config": {}, "lora_alpha": 16, "lora_bias": false, "lora_dropout": 0.05,
         "megatron_config": null, "megatron_core": "megatron.core", "modules_to_save": ["norm_of_none", "model.norm"], "peft_type": "LORA", "qalora_group_size": 16,
         "r": 2, "rank_pattern": {"v_proj": 3}, "revision": null, "target_modules": ["v_proj", "q_proj"], "target_parameters": null, "task_type": "CAUSAL_LM",
         "trainable_token_indices": null, "use_dora": false, "use_qalora": false, "use_rslora": false}
        """;

    [Fact]
    public void A_folder_by_hand_is_read_and_means_what_it_says()
    {
        string prefix = "base_model.model.model.layers.1.self_attn.";
        float[] queryA = Numbers(1, 2 * 24), queryB = Numbers(2, 40 * 2), valueA = Numbers(3, 3 * 24), valueB = Numbers(4, 20 * 3), norm = Numbers(5, 24);
        Write(Without(Config, "modules_to_save", new JsonArray("model.norm")),
            (prefix + "q_proj.lora_A.weight", [2, 24], queryA), (prefix + "q_proj.lora_B.weight", [40, 2], queryB),
            (prefix + "v_proj.lora_A.weight", [3, 24], valueA), (prefix + "v_proj.lora_B.weight", [20, 3], valueB), ("base_model.model.model.norm.weight", [24], norm));
        using CausalModel model = FamilyCases.NewModel("qwen2", _device);
        float[] query = model.Parameter("model.layers.1.self_attn.q_proj.weight").ToArray(), value = model.Parameter("model.layers.1.self_attn.v_proj.weight").ToArray();
        LoraAdapter adapter = model.LoadAdapter(_folder.Path);
        Assert.Equal(["model.layers.1.self_attn.q_proj", "model.layers.1.self_attn.v_proj"], adapter.Modules);
        Assert.Equal((8f, 4f), (adapter.Factors("model.layers.1.self_attn.q_proj").Scale, adapter.Factors("model.layers.1.self_attn.v_proj").Scale));
        float[] adapted = LoraAdapterTests.Score(model, "qwen2");

        // The same by setting the weights: W + alpha / r B A.
        using CausalModel merged = FamilyCases.NewModel("qwen2", _device);
        merged.Parameter("model.layers.1.self_attn.q_proj.weight").SetRows(0, Merge(query, queryA, queryB, 24, 2, 8));
        merged.Parameter("model.layers.1.self_attn.v_proj.weight").SetRows(0, Merge(value, valueA, valueB, 24, 3, 4));
        merged.Parameter("model.norm.weight").SetRows(0, norm);
        float[] expected = LoraAdapterTests.Score(merged, "qwen2");
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], adapted[i], 2e-4f * Math.Abs(expected[i]));
    }

    [Theory]
    [InlineData(".lora_magnitude_vector")]
    [InlineData(".lora_magnitude_vector.weight")]
    public void Magnitudes_are_read_under_their_old_and_their_new_name(string name)
    {
        string prefix = "base_model.model.model.layers.0.mlp.up_proj";
        float[] magnitude = Numbers(1, 37);
        Write("""{"peft_type":"LORA","r":1,"target_modules":"model\\.layers\\.0\\..*up_proj","use_dora":true,"lora_alpha":1}""",
            (prefix + ".lora_A.weight", [1, 24], Numbers(2, 24)), (prefix + ".lora_B.weight", [37, 1], Numbers(3, 37)), (prefix + name, [37], magnitude));
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        Assert.Equal(magnitude, model.LoadAdapter(_folder.Path).Factors("model.layers.0.mlp.up_proj").Magnitude!.ToArray());
    }

    [Fact]
    public void Tables_have_names_without_weight()
    {
        Write("""{"peft_type":"LORA","r":2,"target_modules":["embed_tokens","lm_head"],"lora_alpha":4}""",
            ("base_model.model.model.embed_tokens.lora_embedding_A", [2, 71], Numbers(1, 142)), ("base_model.model.model.embed_tokens.lora_embedding_B", [24, 2], Numbers(2, 48)),
            ("base_model.model.lm_head.lora_A.weight", [2, 24], Numbers(3, 48)), ("base_model.model.lm_head.lora_B.weight", [71, 2], Numbers(4, 142)));
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        LowRankAdapter table = model.LoadAdapter(_folder.Path).Factors("model.embed_tokens");
        Assert.Equal(Numbers(1, 142)[71], table.Down.ToArray()[1]);        // A is held transposed
        Assert.Equal(Numbers(2, 48), table.Up.ToArray());
    }

    // PEFT saves the base's tables along where target_modules names them, or where the vocabulary differs from the published one.
    [Fact]
    public void Copies_of_the_bases_tables_are_passed_over_unless_they_hold_other_numbers()
    {
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        float[] table = model.Parameter("model.embed_tokens.weight").ToArray(), head = model.Parameter("lm_head.weight").ToArray();
        (string Name, int[] Shape, float[] Values)[] factors =
        [
            ("base_model.model.model.embed_tokens.lora_embedding_A", [2, 71], Numbers(1, 142)), ("base_model.model.model.embed_tokens.lora_embedding_B", [24, 2], Numbers(2, 48)),
        ];
        const string config = """{"peft_type":"LORA","r":2,"target_modules":["embed_tokens"],"lora_alpha":4}""";
        float[] rounded = [.. table.Select(x => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(x) & 0xFFFF0000))];
        Write(config, [.. factors, ("base_model.model.model.embed_tokens.base_layer.weight", [71, 24], rounded), ("base_model.model.lm_head.weight", [71, 24], head)]);
        Assert.Equal(["model.embed_tokens"], model.LoadAdapter(_folder.Path).Modules);
        model.RemoveAdapter();

        head[100] += 1;
        Write(config, [.. factors, ("base_model.model.lm_head.weight", [71, 24], head)]);
        CheckpointException error = Assert.Throws<CheckpointException>(() => model.LoadAdapter(_folder.Path));
        Assert.Contains("is another table than the base model's 'lm_head', which the adapter needs.", error.Message, StringComparison.Ordinal);
        Assert.Equal("base_model.model.lm_head.weight", error.Tensor);
    }

    [Theory]
    [InlineData("\"layers_to_transform\":[]", new[] { 0, 1, 2 })]
    [InlineData("\"layers_to_transform\":2", new[] { 2 })]
    [InlineData("\"layers_to_transform\":[0,2],\"layers_pattern\":\"\"", new[] { 0, 2 })]
    [InlineData("\"layers_to_transform\":[0,2],\"layers_pattern\":[\"layers\"]", new[] { 0, 2 })]
    [InlineData("\"exclude_modules\":[\"layers.1.self_attn.q_proj\"]", new[] { 0, 2 })]
    [InlineData("\"exclude_modules\":\".*layers\\\\.(0|1)\\\\..*\"", new[] { 2 })]
    public void Layers_are_chosen_as_in_peft(string keys, int[] expected)
    {
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        LoraConfig config = LoraConfig.Parse(Encoding.UTF8.GetBytes($"{{\"peft_type\":\"LORA\",\"target_modules\":[\"q_proj\"],{keys}}}"), "adapter_config.json");
        Assert.Equal(8, config.R);
        Assert.Equal(expected.Select(layer => $"model.layers.{layer}.self_attn.q_proj"), model.AddAdapter(config, Seed.From(1)).Modules);
    }

    // As PEFT matches them: a whole path is meant whatever the layers.
    [Fact]
    public void A_module_named_by_its_whole_path_is_meant_in_any_layer()
    {
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        LoraConfig config = new() { TargetModules = ModuleSelection.Of(["q_proj", "model.layers.0.mlp.up_proj"]), LayersToTransform = [2] };
        Assert.Equal(["model.layers.0.mlp.up_proj", "model.layers.2.self_attn.q_proj"], model.AddAdapter(config, Seed.From(1)).Modules);
    }

    [Theory]
    [InlineData("""{"r":2}""", "adapter_config.json: 'peft_type' is missing; a string is expected.")]
    [InlineData("""{"peft_type":"IA3"}""", "adapter_config.json: 'peft_type' is 'IA3'; only LORA is supported.")]
    [InlineData("""{"peft_type":"LORA","r":0}""", "adapter_config.json: 'r' is 0; a whole number from 1 to 65536 is expected.")]
    [InlineData("""{"peft_type":"LORA","r":2}""", "adapter_config.json: 'target_modules' is missing; a list of module names, an expression or 'all-linear' is expected.")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"bias":"all"}""", "adapter_config.json: 'bias' is 'all'; only 'none' is supported, since trained biases change the base model too.*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"lora_bias":true}""", "adapter_config.json: 'lora_bias' is set; a bias of the factors is not supported.*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"init_lora_weights":"pissa_niter_4"}""", "adapter_config.json: 'init_lora_weights' is 'pissa_niter_4', which changes the base weights too.*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"layer_replication":[[0,2]]}""", "adapter_config.json: 'layer_replication' is set, and is not supported: without it the adapter would mean something else.*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"some_new_trick":1}""", "adapter_config.json: 'some_new_trick' is set, and is not supported*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":"(q_proj"}""", "adapter_config.json: 'target_modules' is no regular expression that can be read*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"rank_pattern":{"v_proj":-1}}""", "adapter_config.json: 'rank_pattern' gives 'v_proj' -1; a number above 0 is expected.")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"rank_pattern":{"*":2}}""", "adapter_config.json: 'rank_pattern' has '*', which is no regular expression that can be read*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"lora_dropout":1}""", "adapter_config.json: 'lora_dropout' is 1; a number in [0, 1) is expected.")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"layers_to_transform":[0],"layers_pattern":"layers["}""", "adapter_config.json: layers_pattern: 'layers[' is no regular expression that can be read (UnterminatedBracket at *")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["query"]}""", "adapter_config.json: target_modules ('query') names no module of this model; its modules end in down_proj, embed_tokens, *")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":"q_proj"}""", "adapter_config.json: target_modules ('q_proj') names no module of this model; *")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"modules_to_save":["score"]}""", "adapter_config.json: modules_to_save: 'score' names no module of this model; *")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":["lm_head"],"use_dora":true}""", "adapter_config.json: use_dora: 'lm_head' is no linear layer of the layers*")]
    [InlineData("""{"peft_type":"LORA","r":2,"target_modules":"(.*.*.*.*.*.*.*)*x"}""", "adapter_config.json: the expression*takes too long to match*")]
    public void A_config_that_cannot_be_followed_is_refused_by_its_key(string config, string message)
    {
        File.WriteAllText(_folder.File(LoraConfig.FileName), config);
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        CheckpointException error = Assert.Throws<CheckpointException>(() => model.LoadAdapter(_folder.Path));
        Assert.Matches("^" + System.Text.RegularExpressions.Regex.Escape(message).Replace(@"\*", ".*", StringComparison.Ordinal) + "$", error.Message.Replace(_folder.Path + "/", "", StringComparison.Ordinal));
        Assert.Null(model.Adapter);
    }

    [Fact]
    public void Weights_that_do_not_fit_are_refused_by_their_names()
    {
        const string Small = """{"peft_type":"LORA","r":2,"target_modules":["q_proj"],"layers_to_transform":[0]}""";
        string prefix = "base_model.model.model.layers.0.self_attn.q_proj.";
        using CausalModel model = FamilyCases.NewModel("llama", _device);
        string Refused() => Assert.Throws<CheckpointException>(() => model.LoadAdapter(_folder.Path)).Message;

        Write(Small, (prefix + "lora_A.weight", [2, 24], Numbers(1, 48)));
        Assert.Contains($"tensor '{prefix}lora_B.weight' is missing, adapter_config.json asks for [40, 2].", Refused(), StringComparison.Ordinal);
        Write(Small, (prefix + "lora_A.weight", [3, 24], Numbers(1, 72)), (prefix + "lora_B.weight", [40, 2], Numbers(2, 80)));
        Assert.Contains($"tensor '{prefix}lora_A.weight' is [3, 24], adapter_config.json and the base model ask for [2, 24].", Refused(), StringComparison.Ordinal);
        Write(Small, (prefix + "lora_A.weight", [2, 24], Numbers(1, 48)), (prefix + "lora_B.weight", [40, 2], Numbers(2, 80)), ("base_model.model.lm_head.weight", [2], Numbers(3, 2)));
        Assert.Contains("tensor 'base_model.model.lm_head.weight' [2] belongs to no module that adapter_config.json names in this model.", Refused(), StringComparison.Ordinal);
        File.Delete(_folder.File("adapter_model.safetensors"));
        Assert.EndsWith("An adapter folder holds it beside adapter_config.json.", Refused(), StringComparison.Ordinal);
        File.WriteAllText(_folder.File("adapter_model.bin"), "");
        Assert.EndsWith("adapter_model.bin is a pickle, which is not read: save the adapter with safe_serialization=True.", Refused(), StringComparison.Ordinal);
        File.Delete(_folder.File(LoraConfig.FileName));
        Assert.Contains("there is no such file. Name a folder in PEFT's layout", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_config_is_written_as_it_was_meant()
    {
        LoraConfig config = new()
        {
            R = 4,
            LoraAlpha = 2.5,
            UseRslora = true,
            TargetModules = ModuleSelection.Of(["q_proj"]),
            ExcludeModules = ModuleSelection.Matching(".*0.*"),
            ModulesToSave = ["norm"],
            LayersToTransform = [1, 2],
            LayersPattern = ["layers"],
            RankPattern = [KeyValuePair.Create("down_proj", 9), KeyValuePair.Create("a", 1)],
            AlphaPattern = [KeyValuePair.Create("down_proj", 9.0)],
            BaseModelNameOrPath = "base",
        };
        LoraConfig read = LoraConfig.Parse(Encoding.UTF8.GetBytes(config.ToJson()), "config");
        Assert.Equal(config.ToJson(), read.ToJson());
        Assert.Equal((4, 2.5, true, "base"), (read.R, read.LoraAlpha, read.UseRslora, read.BaseModelNameOrPath));
        Assert.Equal((config.TargetModules, config.ExcludeModules), (read.TargetModules, read.ExcludeModules));
        Assert.Equal(config.RankPattern, read.RankPattern);
        Assert.Equal(1.25f, config.Scale(4, 2.5));
        Assert.Equal(5.65685425f, new LoraConfig { UseRslora = true }.Scale(8, 16), 1e-6f);     // V120
        Assert.Equal(2, new LoraConfig().Scale(8, 16));
    }

    [Fact]
    public void Names_and_patterns_choose_as_in_peft()
    {
        ModuleSelection list = ModuleSelection.Of(["q_proj", "model.layers.1.mlp.up_proj"]);
        Assert.True(list.Holds("model.layers.0.self_attn.q_proj", true));
        Assert.False(list.Holds("model.layers.0.self_attn.xq_proj", true));
        Assert.True(list.Holds("model.layers.1.mlp.up_proj", true));
        Assert.False(list.Holds("model.layers.2.mlp.up_proj", true));
        ModuleSelection expression = ModuleSelection.Matching(@"(?P<any>.*)\.(q|v)_proj");
        Assert.True(expression.Holds("a.q_proj", true));
        Assert.False(expression.Holds("a.q_proj.x", true));
        Assert.True(ModuleSelection.AllLinear.Holds("a", true));
        Assert.False(ModuleSelection.AllLinear.Holds("lm_head", false));
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    private static float[] Numbers(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => 0.2f * (float)Seed.From(seed).Normal(i))];

    private static float[] Merge(float[] weight, float[] a, float[] b, int columns, int rank, float scale) =>
        [.. weight.Select((w, i) => (float)(w + (scale * Enumerable.Range(0, rank).Sum(r => (double)b[(i / columns * rank) + r] * a[(r * columns) + (i % columns)]))))];

    private static string Without(string json, string key, JsonNode value)
    {
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        root[key] = value;
        return root.ToJsonString();
    }

    // Length of the header, the header, then the numbers end to end.
    private void Write(string config, params (string Name, int[] Shape, float[] Values)[] tensors)
    {
        File.WriteAllText(_folder.File("adapter_config.json"), config);
        Dictionary<string, object> header = new() { ["__metadata__"] = new Dictionary<string, string> { ["format"] = "pt" } };
        int offset = 0;
        foreach ((string name, int[] shape, float[] values) in tensors)
        {
            header[name] = new Dictionary<string, object> { ["dtype"] = "F32", ["shape"] = shape, ["data_offsets"] = new[] { offset, offset + (4 * values.Length) } };
            offset += 4 * values.Length;
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        byte[] file = new byte[8 + json.Length + offset];
        BinaryPrimitives.WriteInt64LittleEndian(file, json.Length);
        json.CopyTo(file, 8);
        int place = 8 + json.Length;
        foreach (float value in tensors.SelectMany(tensor => tensor.Values))
        {
            BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(place), value);
            place += 4;
        }
        File.WriteAllBytes(_folder.File("adapter_model.safetensors"), file);
    }
}
