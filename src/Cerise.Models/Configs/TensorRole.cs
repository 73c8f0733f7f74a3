namespace Cerise.Models.Configs;

/// <summary>What a tensor of a checkpoint is for.</summary>
public enum TensorRole
{
    /// <summary>Token embedding, [vocab, hidden].</summary>
    TokenEmbedding,

    /// <summary>Weight of the RMSNorm before attention, [hidden].</summary>
    InputNorm,

    /// <summary>Query projection, [heads x head_dim, hidden].</summary>
    QueryWeight,

    /// <summary>Bias of the query projection, [heads x head_dim].</summary>
    QueryBias,

    /// <summary>Key projection, [kv heads x head_dim, hidden].</summary>
    KeyWeight,

    /// <summary>Bias of the key projection, [kv heads x head_dim].</summary>
    KeyBias,

    /// <summary>Value projection, [kv heads x head_dim, hidden].</summary>
    ValueWeight,

    /// <summary>Bias of the value projection, [kv heads x head_dim].</summary>
    ValueBias,

    /// <summary>Output projection of attention, [hidden, heads x head_dim].</summary>
    AttentionOutputWeight,

    /// <summary>Bias of the output projection of attention, [hidden].</summary>
    AttentionOutputBias,

    /// <summary>Weight of the RMSNorm between attention and MLP, [hidden].</summary>
    PostAttentionNorm,

    /// <summary>Gate projection of the MLP, [intermediate, hidden].</summary>
    GateWeight,

    /// <summary>Bias of the gate projection, [intermediate].</summary>
    GateBias,

    /// <summary>Up projection of the MLP, [intermediate, hidden].</summary>
    UpWeight,

    /// <summary>Bias of the up projection, [intermediate].</summary>
    UpBias,

    /// <summary>Down projection of the MLP, [hidden, intermediate].</summary>
    DownWeight,

    /// <summary>Bias of the down projection, [hidden].</summary>
    DownBias,

    /// <summary>Weight of the RMSNorm before the head, [hidden].</summary>
    FinalNorm,

    /// <summary>LM head, [vocab, hidden]; absent when tied to the embedding.</summary>
    LmHead,
}
