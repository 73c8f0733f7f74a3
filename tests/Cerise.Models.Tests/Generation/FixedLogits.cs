using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Generation;

/// <summary>A model that gives the same logits after every text, so that what is sampled can be told beforehand.</summary>
internal static class FixedLogits
{
    /// <param name="device">Where the weights lie.</param>
    /// <param name="context">Tokens of the longest sequence.</param>
    /// <param name="logits">The logit of each token of the vocabulary.</param>
    public static CausalModel New(Device device, int context, params float[] logits)
    {
        ModelConfig config = new()
        {
            ModelType = "llama",
            HiddenSize = 2,
            IntermediateSize = 2,
            NumHiddenLayers = 1,
            NumAttentionHeads = 1,
            VocabSize = logits.Length,
            MaxPositionEmbeddings = context,
            RmsNormEps = 1e-12,
        };
        CausalModel model = CausalModel.Create(config, device, Seed.From(0));
        // Every token is (1, 1), attention and feed-forward add nothing, and the norm of (1, 1) is (1, 1).
        foreach (Parameter parameter in model.Parameters.Where(parameter => parameter.Layout == ParameterLayout.Panels))
        {
            bool isEmbedding = parameter.Name == "model.embed_tokens.weight";
            parameter.SetRows(0, [.. Enumerable.Repeat(isEmbedding ? 1f : 0f, (int)parameter.Shape.Length)]);
        }
        model.Parameter("lm_head.weight").SetRows(0, [.. logits.SelectMany(logit => new[] { logit, 0 })]);
        return model;
    }
}
