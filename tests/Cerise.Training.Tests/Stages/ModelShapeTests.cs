using Cerise.Models.Configs;
using Cerise.Training.Stages;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Stages;

public class ModelShapeTests
{
    public static TheoryData<ModelShape, string> Wrong => new()
    {
        { new ModelShape { ModelType = "gpt" }, $"model_type is 'gpt'; known are {string.Join(", ", ModelConfig.KnownModelTypes)}" },
        {
            new ModelShape { NumHiddenLayers = 0 },
            "hidden_size, intermediate_size, num_hidden_layers, num_attention_heads and max_position_embeddings must be positive"
        },
        { new ModelShape { HiddenSize = 193 }, "hidden_size is 193 for 6 heads; each head needs the same even number of channels" },
        { new ModelShape { HiddenSize = 6 }, "hidden_size is 6 for 6 heads; each head needs the same even number of channels" },
        { new ModelShape { NumKeyValueHeads = 4 }, "num_key_value_heads is 4; it must divide num_attention_heads (6)" },
        { new ModelShape { ModelType = "gpt2", NumKeyValueHeads = 2 }, "The gpt2 family has as many key and value heads as query heads, 6" },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void A_fault_names_the_setting(ModelShape shape, string fault) => Assert.Equal([fault], shape.Faults());

    public static TheoryData<string> Families => [.. ModelConfig.KnownModelTypes];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_shape_and_a_tokenizer_make_a_config(string type)
    {
        int keyValueHeads = type == "gpt2" ? 6 : 2;
        ModelShape shape = new() { ModelType = type, NumKeyValueHeads = keyValueHeads };
        Assert.Empty(shape.Faults());
        ModelConfig config = shape.ToConfig(Toy.Tokenizer);
        config.Validate();
        Assert.Equal((257, 192, 6, keyValueHeads, 32), (config.VocabSize, config.HiddenSize, config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim));
        Assert.Equal(type is "qwen2" or "gpt2", config.QkvBias);
        Assert.Equal([Toy.Tokenizer.EosId!.Value], config.EosTokenIds);
        Assert.Empty(new ModelShape().Faults());
    }
}
