using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>Reward "format": 1 for a well-formed response, else 0 (R1-Zero's format reward).</summary>
/// <param name="mode">What counts as well-formed; default <see cref="FormatMode.Cerise"/>.</param>
public sealed class FormatReward(FormatMode mode = FormatMode.Cerise) : RowReward(RegistryName)
{
    /// <summary>Its name in recipes.</summary>
    public const string RegistryName = "format";

    /// <summary>What counts as well-formed.</summary>
    public FormatMode Mode { get; } = mode;

    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ResponseFormat.Matches(input.Response, Mode) ? 1 : 0;
    }
}
