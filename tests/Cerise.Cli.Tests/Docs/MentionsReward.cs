using Cerise.Training.Rewards;

namespace Cerise.Cli.Tests.Docs;

/// <summary>Reward "mentions": 1 when the completion names what the row's column asks for, else 0.</summary>
public sealed class MentionsReward(string column) : RowReward("mentions")
{
    public override double? Score(RewardInput input)
    {
        if (input.Text(column) is not { } wanted)
            return null;                                                   // nothing to say about this row, which is not the same as 0
        return input.Completion.Contains(wanted, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
    }
}
