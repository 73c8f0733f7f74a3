using System.Text;
using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Configs;

/// <summary>Small configurations to change one key of.</summary>
internal static class Samples
{
    public const string Llama = """
        {"model_type": "llama", "hidden_size": 512, "intermediate_size": 1376, "num_hidden_layers": 4, "num_attention_heads": 8, "num_key_value_heads": 4,
         "vocab_size": 1000, "max_position_embeddings": 2048, "rms_norm_eps": 1e-05, "tie_word_embeddings": false, "torch_dtype": "bfloat16"}
        """;

    // The values published with Qwen2.5-0.5B.
    public const string Qwen2 = """
        {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151643, "hidden_act": "silu",
         "hidden_size": 896, "initializer_range": 0.02, "intermediate_size": 4864, "max_position_embeddings": 32768, "max_window_layers": 24,
         "model_type": "qwen2", "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
         "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true,
         "use_mrope": false, "use_sliding_window": false, "vocab_size": 151936}
        """;

    public static ModelConfig Parse(string json) => ModelConfig.Parse(Encoding.UTF8.GetBytes(json), "config.json");

    /// <summary>The Llama sample with keys set to JSON values; a null removes the key.</summary>
    public static string With(string json, params (string Key, string? Value)[] changes)
    {
        JsonObject root = JsonNode.Parse(json)!.AsObject();
        foreach ((string key, string? value) in changes)
            if (value is null)
                root.Remove(key);
            else
                root[key] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    public static CheckpointException Refused(string json) => Assert.Throws<CheckpointException>(() => Parse(json));
}
