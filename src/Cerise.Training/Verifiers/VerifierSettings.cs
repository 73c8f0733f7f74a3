namespace Cerise.Training.Verifiers;

/// <summary>Settings that the built-in verifiers share; each kind reads those that concern it.</summary>
public sealed record VerifierSettings
{
    /// <summary>Accept answers outside the marked places (last number, whole text). Default false: right for rewards; evaluation of raw models sets it.</summary>
    public bool Lenient { get; init; }

    /// <summary>For kind "format": what counts as well-formed. Default <see cref="FormatMode.Cerise"/>.</summary>
    public FormatMode Mode { get; init; } = FormatMode.Cerise;

    /// <summary>For kind "countdown": every number must be used. Default true, as TinyZero does.</summary>
    public bool UseAll { get; init; } = true;
}
