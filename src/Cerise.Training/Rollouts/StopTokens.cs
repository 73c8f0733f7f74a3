using Cerise.Data;
using Cerise.Models.Configs;

namespace Cerise.Training.Rollouts;

/// <summary>The tokens that end a completion.</summary>
public static class StopTokens
{
    /// <summary>Those the model's config names as end of sequence, and the tokenizer's.</summary>
    public static IReadOnlyList<int> Of(ModelConfig config, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return [.. config.EosTokenIds.Concat(tokenizer.EosId is { } end ? [end] : []).Distinct().Order()];
    }
}
