namespace Cerise.Models.Configs;

/// <summary>The tensors of families of Llama's shape.</summary>
internal static class DecoderTensors
{
    public static IEnumerable<ExpectedTensor> Of(ModelConfig config)
    {
        long hidden = config.HiddenSize, inner = config.IntermediateSize, vocab = config.VocabSize;
        long query = (long)config.NumAttentionHeads * config.HeadDim, keyValue = (long)config.NumKeyValueHeads * config.HeadDim;
        string ofHidden = $"hidden size {hidden}", ofInner = $"intermediate size {inner}", ofVocab = $"vocabulary of {vocab}";
        string ofQuery = $"{config.NumAttentionHeads} heads of {config.HeadDim}";
        string ofKeyValue = $"{config.NumKeyValueHeads} kv heads of {config.HeadDim}";

        yield return new("model.embed_tokens.weight", [vocab, hidden], TensorRole.TokenEmbedding, null, ofVocab);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = $"model.layers.{i}.", attention = layer + "self_attn.", mlp = layer + "mlp.";
            yield return new(layer + "input_layernorm.weight", [hidden], TensorRole.InputNorm, i, ofHidden);
            yield return new(attention + "q_proj.weight", [query, hidden], TensorRole.QueryWeight, i, ofQuery);
            yield return new(attention + "k_proj.weight", [keyValue, hidden], TensorRole.KeyWeight, i, ofKeyValue);
            yield return new(attention + "v_proj.weight", [keyValue, hidden], TensorRole.ValueWeight, i, ofKeyValue);
            if (config.QkvBias)
            {
                yield return new(attention + "q_proj.bias", [query], TensorRole.QueryBias, i, ofQuery);
                yield return new(attention + "k_proj.bias", [keyValue], TensorRole.KeyBias, i, ofKeyValue);
                yield return new(attention + "v_proj.bias", [keyValue], TensorRole.ValueBias, i, ofKeyValue);
            }
            yield return new(attention + "o_proj.weight", [hidden, query], TensorRole.AttentionOutputWeight, i, $"{ofHidden}, {ofQuery}");
            if (config.AttentionOutputBias)
                yield return new(attention + "o_proj.bias", [hidden], TensorRole.AttentionOutputBias, i, ofHidden);
            yield return new(layer + "post_attention_layernorm.weight", [hidden], TensorRole.PostAttentionNorm, i, ofHidden);
            yield return new(mlp + "gate_proj.weight", [inner, hidden], TensorRole.GateWeight, i, ofInner);
            yield return new(mlp + "up_proj.weight", [inner, hidden], TensorRole.UpWeight, i, ofInner);
            yield return new(mlp + "down_proj.weight", [hidden, inner], TensorRole.DownWeight, i, $"{ofHidden}, {ofInner}");
            if (config.MlpBias)
            {
                yield return new(mlp + "gate_proj.bias", [inner], TensorRole.GateBias, i, ofInner);
                yield return new(mlp + "up_proj.bias", [inner], TensorRole.UpBias, i, ofInner);
                yield return new(mlp + "down_proj.bias", [hidden], TensorRole.DownBias, i, ofHidden);
            }
        }
        yield return new("model.norm.weight", [hidden], TensorRole.FinalNorm, null, ofHidden);
        if (!config.TieWordEmbeddings)
            yield return new("lm_head.weight", [vocab, hidden], TensorRole.LmHead, null, ofVocab);
    }
}
