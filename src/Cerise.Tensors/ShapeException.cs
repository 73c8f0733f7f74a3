using System.Runtime.CompilerServices;

namespace Cerise.Tensors;

/// <summary>Tensors whose shapes do not fit together were given to an operation.</summary>
public sealed class ShapeException(string message) : Exception(message)
{
    /// <summary>Throws unless <paramref name="fits"/>; the message is put together only then.</summary>
    /// <param name="fits">Whether the shapes fit.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="what">What does not fit, with both shapes, and how to fix it.</param>
    public static void Require(bool fits, string operation, [InterpolatedStringHandlerArgument(nameof(fits))] ref ShapeMessage what)
    {
        if (!fits)
            Throw(operation, what.ToStringAndClear());
    }

    /// <summary>Throws unless <paramref name="fits"/>.</summary>
    /// <param name="fits">Whether the shapes fit.</param>
    /// <param name="operation">What was asked for.</param>
    /// <param name="what">What does not fit, with both shapes, and how to fix it.</param>
    public static void Require(bool fits, string operation, string what)
    {
        if (!fits)
            Throw(operation, what);
    }

    private static void Throw(string operation, string what) => throw new ShapeException($"{operation}: {what}{(what.EndsWith('?') ? "" : ".")}");
}
