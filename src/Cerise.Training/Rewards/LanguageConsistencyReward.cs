using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>Reward "language_consistency": the share of the thinking's words that are in the wanted language (DeepSeek-R1, stage 2).</summary>
/// <param name="language">One of <see cref="LanguageConsistency.Languages"/>; null (default) takes the question's: column <c>question</c>, or else the prompt.</param>
public sealed class LanguageConsistencyReward(string? language = null) : RowReward("language_consistency")
{
    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        string? target = language ?? LanguageConsistency.Majority(input.Text("question") ?? input.Prompt);
        return target is null ? null : LanguageConsistency.Ratio(Thinking.Inside(input.Response), target);
    }
}
