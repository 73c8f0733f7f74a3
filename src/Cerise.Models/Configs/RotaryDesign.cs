namespace Cerise.Models.Configs;

/// <summary>Rotary positions of a layer's queries and keys (Su et al. 2021, arXiv:2104.09864).</summary>
/// <param name="Theta">Base of the frequencies.</param>
/// <param name="Dim">Channels of a head that are rotated, its first, an even number.</param>
/// <param name="Scaling">How the frequencies are stretched; null when they are not.</param>
internal sealed record RotaryDesign(double Theta, int Dim, RopeScaling? Scaling)
{
    /// <summary>Tokens of the longest sequence the model is made for: longrope's attention factor is made of it, and dynamic scaling begins beyond it.</summary>
    public int MaxPositions { get; init; }
}
