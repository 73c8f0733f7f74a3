namespace Cerise.Tensors;

/// <summary>Tensors whose shapes do not fit together were given to an operation.</summary>
public sealed class ShapeException(string message) : Exception(message)
{
    internal static void Require(bool fits, string operation, string what)
    {
        if (!fits)
            throw new ShapeException($"{operation}: {what}.");
    }
}
