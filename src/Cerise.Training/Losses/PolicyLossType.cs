namespace Cerise.Training.Losses;

/// <summary>Losses of the GRPO family (TRL's <c>loss_type</c>): which ratio is clipped, and by what the sum over tokens is divided.</summary>
public enum PolicyLossType
{
    /// <summary>Mean over each completion's tokens, then over completions (DeepSeekMath, arXiv:2402.03300, eq. 3).</summary>
    Grpo,

    /// <summary>Sum over tokens divided by completions x max_completion_length: no length bias (Dr.GRPO, arXiv:2503.20783).</summary>
    DrGrpo,

    /// <summary>Mean over all tokens of the optimizer step's whole batch (DAPO, arXiv:2503.14476, eq. 8).</summary>
    Dapo,

    /// <summary>TRL's name for a token mean over the local batch. Micro-batches never change a normalization here, so it equals <see cref="Dapo"/>.</summary>
    Bnpo,

    /// <summary>One ratio a completion, the geometric mean of its tokens' ratios; mean over completions (GSPO, arXiv:2507.18071).</summary>
    Gspo,

    /// <summary>Clipped, detached ratios as weights of the log-probabilities, so that every token keeps a gradient; token mean (CISPO, MiniMax-M1, arXiv:2506.13585).</summary>
    Cispo,
}
