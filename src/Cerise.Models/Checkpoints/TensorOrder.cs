namespace Cerise.Models.Checkpoints;

/// <summary>The order of tensors in a written file.</summary>
public enum TensorOrder
{
    /// <summary>Wider types first, then by name: what the format's reference implementation writes, and what keeps every element aligned.</summary>
    Sorted,

    /// <summary>As given.</summary>
    AsGiven,
}
