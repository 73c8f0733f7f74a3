namespace Cerise.Tensors.Autograd;

/// <summary>Where a tensor's numbers lie.</summary>
/// <param name="Block">The memory.</param>
/// <param name="Offset">Its first element of <paramref name="Block"/>.</param>
/// <param name="IsPacked">Whether the numbers are rounded to bfloat16, two in the place of one.</param>
internal readonly record struct TensorMemory(Storage Block, long Offset, bool IsPacked);
