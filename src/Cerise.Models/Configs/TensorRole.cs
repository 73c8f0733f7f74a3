namespace Cerise.Models.Configs;

/// <summary>What a tensor of a checkpoint is for.</summary>
public enum TensorRole
{
    /// <summary>Token embedding, [vocab, hidden].</summary>
    TokenEmbedding,

    /// <summary>Learned positions, [positions, hidden].</summary>
    PositionEmbedding,

    /// <summary>Weight of a linear layer, [out, in].</summary>
    Weight,

    /// <summary>Bias of a linear layer, [out].</summary>
    Bias,

    /// <summary>Weight of a norm, [channels], by which the normalized channels are multiplied.</summary>
    NormWeight,

    /// <summary>Weight of a norm, [channels], to which 1 is added first: it begins at 0.</summary>
    ShiftedNormWeight,

    /// <summary>LM head, [vocab, hidden]; absent when tied to the embedding.</summary>
    LmHead,
}
