namespace Cerise.Training.Rewards;

/// <summary>Reward "constant": the same for every completion. For checking that a trainer learns nothing from nothing.</summary>
/// <param name="value">The score.</param>
public sealed class ConstantReward(double value) : RowReward("constant")
{
    /// <inheritdoc/>
    public override double? Score(RewardInput input) => value;
}
