namespace Cerise.Training.Optimizers;

/// <summary>Shapes of the learning rate after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>The peak throughout.</summary>
    Constant,

    /// <summary>A straight line from the peak to the minimum.</summary>
    Linear,

    /// <summary>Half a cosine from the peak to the minimum (Loshchilov and Hutter 2017, arXiv:1608.03983).</summary>
    Cosine,
}

/// <summary>The learning rate of a step.</summary>
public static class LearningRates
{
    /// <summary>lr(t) = peak * t / warmup during the warm-up, then the schedule over the steps that are left.</summary>
    /// <param name="schedule">Shape after the warm-up.</param>
    /// <param name="step">Step t, from 0.</param>
    /// <param name="warmup">Length of the warm-up.</param>
    /// <param name="total">Steps in all; at t = total a decaying schedule has reached its minimum.</param>
    /// <param name="peak">Highest learning rate.</param>
    /// <param name="minimum">Where a decaying schedule ends.</param>
    public static double At(LearningRateSchedule schedule, long step, long warmup, long total, double peak, double minimum)
    {
        if (step < warmup)
            return peak * step / warmup;
        double progress = Math.Clamp((step - warmup) / Math.Max(1.0, total - warmup), 0, 1);
        return schedule switch
        {
            LearningRateSchedule.Linear => peak + ((minimum - peak) * progress),
            LearningRateSchedule.Cosine => minimum + ((peak - minimum) * 0.5 * (1 + Math.Cos(Math.PI * progress))),
            _ => peak,
        };
    }
}
