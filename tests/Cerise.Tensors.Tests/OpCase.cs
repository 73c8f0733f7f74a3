using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Tests;

/// <summary>An op on numbers of one shape: how the engine applies it, and how its plain reference does.</summary>
/// <remarks>The reference sees all operands in one list, inputs first, then weights (row-major), in double.</remarks>
internal sealed record OpCase
{
    /// <summary>Op and shape, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Activations that want gradients.</summary>
    public (Shape Shape, float[] Values)[] Inputs { get; init; } = [];

    /// <summary>Parameters that want gradients.</summary>
    public (Shape Shape, ParameterLayout Layout, float[] Values)[] Weights { get; init; } = [];

    /// <summary>Applies the op to inputs and weights; returns its outputs.</summary>
    public required Func<Graph, Tensor[], Parameter[], Tensor[]> Apply { get; init; }

    /// <summary>Operands to outputs.</summary>
    public required Func<double[][], double[][]> Forward { get; init; }

    /// <summary>Operands and the outputs' gradients to the operands' gradients.</summary>
    public required Func<double[][], double[][], double[][]> Backward { get; init; }

    /// <summary>Largest error of a float32 result, relative to the number and to its array's root mean square.</summary>
    public double Tolerance { get; init; } = 1e-5;

    public double[][] Operands => [.. Inputs.Select(input => Draws.Widen(input.Values)), .. Weights.Select(weight => Draws.Widen(weight.Values))];

    public override string ToString() => Name;
}
