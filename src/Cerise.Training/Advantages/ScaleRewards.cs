namespace Cerise.Training.Advantages;

/// <summary>What centred rewards are divided by (TRL's <c>scale_rewards</c>).</summary>
public enum ScaleRewards
{
    /// <summary>The group's own standard deviation (GRPO, DeepSeekMath, arXiv:2402.03300): every group weighs the same.</summary>
    Group,

    /// <summary>The standard deviation of the whole batch (arXiv:2508.08221): steady where a group's own is tiny.</summary>
    Batch,

    /// <summary>Nothing (Dr.GRPO, arXiv:2503.20783): questions that are nearly solved or nearly hopeless get no extra weight.</summary>
    None,
}
