namespace Cerise.Tensors.Autograd;

/// <summary>How a graph that records holds the activations of a model's layers until the backward pass.</summary>
public enum ActivationMemory
{
    /// <summary>What the backward pass reads is kept as it is.</summary>
    Float32,

    /// <summary>What the backward pass reads is kept rounded to bfloat16: half the memory, and gradients that differ by its rounding. The forward pass keeps its bits.</summary>
    Bfloat16,

    /// <summary>Each layer keeps only its input and is computed again on the way back (Chen et al. 2016, arXiv:1604.06174): the same gradients, bit for bit.</summary>
    Checkpoints,
}
