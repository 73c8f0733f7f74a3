using Cerise.Data;
using Cerise.Models.Configs;
using Cerise.Training.Rollouts;

namespace Cerise.Cli.Inspecting;

/// <summary>What a model folder says that data have to fit.</summary>
/// <param name="VocabSize">Rows of its embedding; null where there is no model.</param>
/// <param name="StopIds">The tokens at which it stops; null where there is no model.</param>
internal sealed record ModelFacts(int? VocabSize, IReadOnlyCollection<int>? StopIds)
{
    /// <summary>Nothing known.</summary>
    public static ModelFacts None { get; } = new(null, null);

    /// <summary>Reads config.json and generation_config.json.</summary>
    public static ModelFacts Of(string folder, ITokenizer tokenizer)
    {
        ModelConfig config = ModelConfig.Load(folder);
        return new ModelFacts(config.VocabSize, StopTokens.Of(config, tokenizer, GenerationConfig.Load(folder)));
    }
}
