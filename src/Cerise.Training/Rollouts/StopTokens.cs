using Cerise.Data;
using Cerise.Models.Configs;

namespace Cerise.Training.Rollouts;

/// <summary>The tokens that end a completion.</summary>
public static class StopTokens
{
    /// <summary>Those the model's config and its generation settings name as end of sequence, and the tokenizer's.</summary>
    /// <param name="config">The model's.</param>
    /// <param name="tokenizer">The model's; null where it has none.</param>
    /// <param name="generation">What <c>generation_config.json</c> says, where chat models name the ends of turns beside the end of text; null for nothing.</param>
    public static IReadOnlyList<int> Of(ModelConfig config, ITokenizer? tokenizer, GenerationConfig? generation = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        return [.. config.EosTokenIds.Concat(generation?.EosTokenIds ?? []).Concat(tokenizer?.EosId is { } end ? [end] : []).Distinct().Order()];
    }
}
