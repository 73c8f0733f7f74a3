namespace Cerise.Tensors;

/// <summary>One of several linear layers of the same input, such as queries, keys and values.</summary>
/// <param name="Weight">[out, in], in panels.</param>
/// <param name="Bias">[out], or none.</param>
/// <param name="Output">[rows, out]: where the result goes.</param>
public readonly record struct Projection(Parameter Weight, Parameter? Bias, Tensor Output);
