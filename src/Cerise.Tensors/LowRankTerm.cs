namespace Cerise.Tensors;

/// <summary>What an adapter adds to a product y: reduced B^T.</summary>
/// <param name="Reduced">s x A^T, [rows, rank].</param>
/// <param name="Up">B, [out, rank].</param>
/// <param name="GradReduced">Where a backward pass writes the gradient by <paramref name="Reduced"/>; null where none is wanted.</param>
public readonly record struct LowRankTerm(Tensor Reduced, Parameter Up, Tensor? GradReduced = null);
