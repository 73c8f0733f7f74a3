using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>Reward "accuracy": a verifier's verdict on the response, 1 for a right answer (R1-Zero's accuracy reward).</summary>
public sealed class AccuracyReward : RowReward
{
    private readonly IVerifier _verifier;
    private readonly AccuracyRewardOptions _options;

    /// <summary>Makes the reward.</summary>
    public AccuracyReward(IVerifier verifier, AccuracyRewardOptions? options = null) : base((options ?? new()).Name)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        (_verifier, _options) = (verifier, options ?? new());
    }

    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        string response = input.Response;
        VerifierResult result = _verifier.Verify(input.Text(_options.Column) ?? "", response, input.Columns);
        bool formed = (!_options.RequireThinking || Thinking.IsClosed(response))
            && (_options.RequireFormat is not { } mode || ResponseFormat.Matches(response, mode));
        return formed || result.Score is null ? result.Score : 0;
    }
}
