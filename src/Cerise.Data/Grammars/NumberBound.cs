namespace Cerise.Data.Grammars;

/// <summary>A bound of numbers.</summary>
/// <param name="Value">Where it lies.</param>
/// <param name="IsOpen">Whether the value itself is beyond it.</param>
internal readonly record struct NumberBound(decimal Value, bool IsOpen)
{
    /// <summary>The same seen from the other side of 0.</summary>
    public NumberBound Flipped => this with { Value = -Value };
}
