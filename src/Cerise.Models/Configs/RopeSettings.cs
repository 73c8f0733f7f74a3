namespace Cerise.Models.Configs;

/// <summary>Rotary settings of a configuration.</summary>
/// <param name="Theta">Base of the frequencies.</param>
/// <param name="Scaling">How they are stretched; null when they are not.</param>
/// <param name="PartialRotaryFactor">Share of a head's channels that are rotated.</param>
internal sealed record RopeSettings(double Theta, RopeScaling? Scaling, double PartialRotaryFactor);
