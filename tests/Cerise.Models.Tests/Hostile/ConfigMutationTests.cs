using System.Text;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Families;
using Cerise.Testing;

namespace Cerise.Models.Tests.Hostile;

/// <summary>Damaged configurations of every family: read or refused before anything of their size is made.</summary>
public sealed class ConfigMutationTests
{
    private static readonly Mutator Words = new([
        "\"rope_scaling\":", "\"rope_type\":", "\"yarn\"", "\"llama3\"", "\"longrope\"", "\"layer_types\":", "\"sliding_attention\"", "\"text_config\":", "\"hidden_size\":", "\"num_hidden_layers\":", "\"head_dim\":",
        .. ModelConfig.KnownModelTypes.Select(type => $"\"{type}\"")]);

    public static TheoryData<string> Families => FamilyCases.Names;

    [Theory]
    [MemberData(nameof(Families))]
    public void Config_json(string family)
    {
        byte[][] examples = [Encoding.UTF8.GetBytes(FamilyCases.Config(family).ToJson()), Encoding.UTF8.GetBytes(FamilyCases.Config("llama").ToJson()), Encoding.UTF8.GetBytes(Samples.Qwen2)];
        var mutations = new Mutations($"config.json of {family}", typeof(CheckpointException)) { Mutator = Words, StructuredShare = 75 };
        mutations.Run(1000, dice =>
        {
            // Mostly this family's own; a piece of another's at times.
            byte[] damaged = dice.Chance(mutations.StructuredShare) ? JsonMutator.Damage(examples[0], dice.Pick(examples), dice)! : examples[0];
            return damaged == examples[0] || dice.Chance(15) ? Words.Damage(damaged, dice.Pick(examples), dice) : damaged;
        }, bytes =>
        {
            var config = ModelConfig.Parse(bytes, "config.json");
            config.ToJson();
            _ = config.DefaultContextLength;
            if (config.NumHiddenLayers <= 100)
                ModelTensors.ParameterCount(config);
        });
    }

    [Fact]
    public void Generation_config_json() =>
        new Mutations("generation_config.json", typeof(CheckpointException)) { Mutator = Words, StructuredShare = 75 }.Run(
            [Encoding.UTF8.GetBytes("""
                {"bos_token_id": 1, "pad_token_id": 3, "do_sample": true, "eos_token_id": [2, 4], "repetition_penalty": 1.1, "temperature": 0.7, "top_p": 0.8, "top_k": 20,
                 "min_p": 0.1, "max_new_tokens": 100, "max_length": 200, "suppress_tokens": [1], "transformers_version": "4.37.0"}
                """)],
            3000,
            bytes => GenerationConfig.Parse(bytes, "generation_config.json").ToJson());
}
