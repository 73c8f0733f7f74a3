using System.Text;
using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests.Configs;

public sealed class ModelConfigTests
{
    [Fact]
    public void A_real_llama_config_is_read_in_full()
    {
        var config = ModelConfig.Load(TestPaths.SharedData("models/stories260K"));
        Assert.Equal(("llama", 64, 172, 5), (config.ModelType, config.HiddenSize, config.IntermediateSize, config.NumHiddenLayers));
        Assert.Equal((8, 4, 8), (config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim));
        Assert.Equal((512, 512, 1e-5, 10_000.0), (config.VocabSize, config.MaxPositionEmbeddings, config.RmsNormEps, config.RopeTheta));
        Assert.Equal((true, false, false, false), (config.TieWordEmbeddings, config.QkvBias, config.AttentionOutputBias, config.MlpBias));
        Assert.Equal((1, null, SafetensorsDType.F32, 0.02), (config.BosTokenId, config.PadTokenId, config.DType, config.InitializerRange));
        Assert.Equal([2], config.EosTokenIds);
        Assert.Null(config.RopeScaling);
        Assert.Equal(260_032, ModelTensors.ParameterCount(config));
    }

    [Fact]
    public void A_qwen2_config_has_a_bias_in_three_projections()
    {
        ModelConfig config = Samples.Parse(Samples.Qwen2);
        Assert.Equal((64, 2, true, false, false), (config.HeadDim, config.NumKeyValueHeads, config.QkvBias, config.AttentionOutputBias, config.MlpBias));
        Assert.Equal((1e6, SafetensorsDType.BF16), (config.RopeTheta, config.DType));
        Assert.Equal(494_032_768, ModelTensors.ParameterCount(config));            // the number published for Qwen2.5-0.5B
    }

    [Fact]
    public void Missing_keys_get_the_defaults_of_transformers()
    {
        ModelConfig config = Samples.Parse(Samples.With(Samples.Llama, ("num_key_value_heads", null), ("max_position_embeddings", null),
            ("rms_norm_eps", null), ("tie_word_embeddings", null), ("torch_dtype", null)));
        Assert.Equal((8, 64, 2048, 1e-6, 10_000.0), (config.NumKeyValueHeads, config.HeadDim, config.MaxPositionEmbeddings, config.RmsNormEps, config.RopeTheta));
        Assert.Equal((false, null, null, null), (config.TieWordEmbeddings, config.BosTokenId, config.PadTokenId, config.DType));
        Assert.Empty(config.EosTokenIds);
        Assert.Equal(32_768, Samples.Parse(Samples.With(Samples.Qwen2, ("max_position_embeddings", null))).MaxPositionEmbeddings);
    }

    [Theory]
    [InlineData("[7, 9]", new[] { 7, 9 })]
    [InlineData("7", new[] { 7 })]
    [InlineData("7.0", new[] { 7 })]
    [InlineData("-1", new int[0])]
    [InlineData("null", new int[0])]
    public void Ids_may_be_one_or_several(string json, int[] expected)
        => Assert.Equal(expected, Samples.Parse(Samples.With(Samples.Llama, ("eos_token_id", json))).EosTokenIds);

    [Theory]
    [InlineData("hidden_size", null, "config.json: 'hidden_size' is missing; a whole number from 1 to 1048576 is expected.")]
    [InlineData("hidden_size", "null", "config.json: 'hidden_size' is missing; a whole number from 1 to 1048576 is expected.")]
    [InlineData("hidden_size", "\"512\"", "config.json: 'hidden_size' is the string '512'; a whole number from 1 to 1048576 is expected.")]
    [InlineData("hidden_size", "512.5", "config.json: 'hidden_size' is the number 512.5; a whole number from 1 to 1048576 is expected.")]
    [InlineData("hidden_size", "0", "config.json: 'hidden_size' is 0; a whole number from 1 to 1048576 is expected.")]
    [InlineData("hidden_size", "1e99", "config.json: 'hidden_size' is 1e99; a whole number from 1 to 1048576 is expected.")]
    [InlineData("hidden_size", "510", "config.json: 'hidden_size' is 510, no multiple of 8 heads; without 'head_dim' it has to be.")]
    [InlineData("num_key_value_heads", "3", "config.json: 'num_key_value_heads' is 3, no divisor of the 8 attention heads.")]
    [InlineData("head_dim", "63", "config.json: 'head_dim' is 63; rotary positions need an even number of channels a head.")]
    [InlineData("rms_norm_eps", "true", "config.json: 'rms_norm_eps' is true; a number is expected.")]
    [InlineData("rms_norm_eps", "0", "config.json: 'rms_norm_eps' is not above 0.")]
    [InlineData("tie_word_embeddings", "1", "config.json: 'tie_word_embeddings' is the number 1; true or false is expected.")]
    [InlineData("bos_token_id", "[1, 2]", "config.json: 'bos_token_id' is a list of several ids; one is expected.")]
    [InlineData("eos_token_id", "[1, {}]", "config.json: 'eos_token_id' is an object; a whole number from -1 is expected.")]
    [InlineData("hidden_act", "\"mish\"", "config.json: 'hidden_act' is 'mish'; known are silu, swish, gelu, gelu_python, gelu_pytorch_tanh, gelu_new, gelu_fast, quick_gelu, relu, relu2.")]
    [InlineData("torch_dtype", "\"int8\"", "config.json: 'torch_dtype' is 'int8'; known are float32, float16, bfloat16, float64.")]
    [InlineData("quantization_config", "{}", "config.json: 'quantization_config' is set: the weights are quantized. Take the checkpoint in BF16, F16 or F32.")]
    [InlineData("model_type", null, "config.json: 'model_type' is missing; a string is expected.")]
    [InlineData("model_type", "\"bert\"", "config.json: 'model_type' is 'bert'; known are llama, qwen2, qwen3, phi3, smollm3, olmo2, gpt2, mistral, gemma2, gemma3_text, gemma3.")]
    public void What_is_wrong_with_a_key_is_named(string key, string? value, string expected)
        => Assert.Equal(expected, Samples.Refused(Samples.With(Samples.Llama, (key, value))).Message);

    [Theory]
    [InlineData("[1]", "holds a list; a JSON object is expected")]
    [InlineData("{\"model_type\": \"llama\", \"model_type\": \"qwen2\"}", "is not valid JSON")]
    [InlineData("{\"model_type\": \"\\ud800\"}", "is not valid JSON")]
    [InlineData("{\"model_type\": ", "is not valid JSON")]
    [InlineData("", "is not valid JSON")]
    public void What_is_no_json_object_is_refused(string json, string expected)
        => Assert.Contains(expected, Samples.Refused(json).Message, StringComparison.Ordinal);

    [Fact]
    public void Text_that_is_not_utf8_is_refused_and_a_byte_order_mark_is_not()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Samples.Llama);
        Assert.Equal(512, ModelConfig.Parse([0xEF, 0xBB, 0xBF, .. bytes], "config.json").HiddenSize);
        bytes[5] = 0xFF;
        Assert.Contains("is not UTF-8", Assert.Throws<CheckpointException>(() => ModelConfig.Parse(bytes, "config.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loaded_config_is_saved_as_it_was()
    {
        string file = TestPaths.SharedData("models/stories260K/config.json");
        using TemporaryFolder folder = TestPaths.NewFolder();
        ModelConfig.Load(file).Save(folder.Path);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(folder.File("config.json")));
    }

    [Fact]
    public void A_change_touches_its_key_and_keeps_unknown_ones()
    {
        ModelConfig config = Samples.Parse(Samples.With(Samples.Qwen2, ("note", "\"für später\""))) with
        {
            DType = SafetensorsDType.F32,
            EosTokenIds = [151643, 151645],
        };
        JsonObject written = JsonNode.Parse(config.ToJson())!.AsObject(), before = JsonNode.Parse(Samples.Qwen2)!.AsObject();
        Assert.Contains("\"note\": \"für später\"", config.ToJson(), StringComparison.Ordinal);
        Assert.Equal(before.Select(pair => pair.Key).Append("note"), written.Select(pair => pair.Key));
        string[] changed = [.. before.Where(pair => !JsonNode.DeepEquals(pair.Value, written[pair.Key])).Select(pair => pair.Key)];
        Assert.Equal(["eos_token_id", "torch_dtype"], changed);
        Assert.Equal([151643, 151645], Samples.Parse(config.ToJson()).EosTokenIds);
    }

    [Fact]
    public void Another_family_gets_its_architecture_and_sizes_follow()
    {
        ModelConfig config = Samples.Parse(Samples.Qwen2) with { ModelType = "llama", QkvBias = false, NumAttentionHeads = 4 };
        ModelConfig read = Samples.Parse(config.ToJson());
        Assert.Equal(("llama", 224, false), (read.ModelType, read.HeadDim, read.QkvBias));
        Assert.Equal("LlamaForCausalLM", (string?)JsonNode.Parse(config.ToJson())!["architectures"]![0]);
    }

    [Fact]
    public void The_newer_name_of_the_type_is_read_and_kept()
    {
        ModelConfig config = Samples.Parse(Samples.With(Samples.Llama, ("torch_dtype", null), ("dtype", "\"float16\"")));
        Assert.Equal(SafetensorsDType.F16, config.DType);
        JsonObject written = JsonNode.Parse((config with { DType = SafetensorsDType.F32 }).ToJson())!.AsObject();
        Assert.Equal("float32", (string?)written["dtype"]);
        Assert.False(written.ContainsKey("torch_dtype"));
    }

    [Fact]
    public void A_fresh_config_is_written_in_hugging_face_layout()
    {
        var config = new ModelConfig
        {
            ModelType = "qwen2",
            HiddenSize = 64,
            IntermediateSize = 128,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            NumKeyValueHeads = 2,
            VocabSize = 512,
            MaxPositionEmbeddings = 256,
            QkvBias = true,
            TieWordEmbeddings = true,
            EosTokenIds = [1],
            DType = SafetensorsDType.F32,
        };
        const string expected = """
            {
              "architectures": [
                "Qwen2ForCausalLM"
              ],
              "eos_token_id": 1,
              "head_dim": 16,
              "hidden_act": "silu",
              "hidden_size": 64,
              "initializer_range": 0.02,
              "intermediate_size": 128,
              "max_position_embeddings": 256,
              "model_type": "qwen2",
              "num_attention_heads": 4,
              "num_hidden_layers": 2,
              "num_key_value_heads": 2,
              "rms_norm_eps": 1E-06,
              "rope_scaling": null,
              "rope_theta": 10000,
              "tie_word_embeddings": true,
              "torch_dtype": "float32",
              "use_cache": true,
              "use_sliding_window": false,
              "vocab_size": 512
            }

            """;
        Assert.Equal(expected, config.ToJson());
        using TemporaryFolder folder = TestPaths.NewFolder();
        config.Save(folder.File("new/model"));
        Assert.Equal(expected, ModelConfig.Load(folder.File("new/model")).ToJson());
    }

    [Fact]
    public void Settings_a_family_cannot_express_are_refused_all_at_once()
    {
        ModelConfig config = Samples.Parse(Samples.Llama) with { QkvBias = true, HeadDim = 5, RmsNormEps = double.NaN };
        string message = Assert.Throws<CheckpointException>(() => config.Validate("here")).Message;
        Assert.StartsWith("here: 'head_dim' is 5;", message, StringComparison.Ordinal);
        Assert.Contains("'rms_norm_eps' is not above 0.", message, StringComparison.Ordinal);
        Assert.Contains("a bias in all four attention projections or in none", message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => (Samples.Parse(Samples.Qwen2) with { MlpBias = true }).Validate());
        Assert.Throws<CheckpointException>(() => (Samples.Parse(Samples.Qwen2) with { VocabSize = 0 }).Validate());
        Assert.Throws<CheckpointException>(() => (Samples.Parse(Samples.Qwen2) with { ModelType = "bert" }).Validate());
    }

    [Fact]
    public void Damaged_configs_raise_nothing_but_checkpoint_errors()
    {
        byte[] good = Encoding.UTF8.GetBytes(Samples.With(Samples.Qwen2,
            ("rope_scaling", """{"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 8192}""")));
        RandomStream random = Seed.From(2).Fork("mutations").Stream();
        int refused = 0;
        for (int round = 0; round < 5_000; round++)
        {
            byte[] bytes = [.. good];
            for (int changes = random.Between(1, 4); changes > 0; changes--)
                bytes[random.Between(0, bytes.Length - 1)] = random.Chance(0.3) ? (byte)random.Between(0, 255) : (byte)random.Pick("0123456789{}[],:\"\\-e.".ToCharArray());
            try
            {
                ModelConfig config = ModelConfig.Parse(bytes, "config.json");
                _ = config.ToJson();
            }
            catch (CheckpointException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 3_000, 4_999);
    }

    // As the defaults of transformers' classes; a null says that there are as many as query heads.
    [Theory]
    [InlineData("llama", null, 64)]
    [InlineData("qwen2", null, 32)]
    [InlineData("qwen3", null, 32)]
    [InlineData("smollm3", null, 4)]
    [InlineData("mistral", null, 8)]
    [InlineData("olmo2", null, 64)]
    [InlineData("phi3", null, 64)]
    [InlineData("qwen2", "null", 64)]
    [InlineData("smollm3", "null", 64)]
    [InlineData("mistral", "null", 64)]
    public void Missing_key_and_value_heads_are_the_familys(string family, string? given, int expected)
    {
        string json = Samples.With(Samples.Llama, ("model_type", $"\"{family}\""), ("num_attention_heads", "64"), ("num_key_value_heads", given));
        Assert.Equal(expected, Samples.Parse(json).NumKeyValueHeads);
        Assert.Equal(5, Samples.Parse(Samples.With(json, ("num_attention_heads", "5"), ("head_dim", "8"))).NumKeyValueHeads);
    }
}
