using Cerise.Training.Optimizers;

namespace Cerise.Training.Trainers;

/// <summary>Settings of <see cref="PretrainTrainer"/>.</summary>
public record PretrainOptions : SupervisedOptions
{
    /// <summary>Defaults for a small model from scratch: learning rate 1e-3 with cosine decay, weight decay 0.1 (GPT-3, arXiv:2005.14165, table 2.1 for its smallest model, and section B).</summary>
    public PretrainOptions()
    {
        LearningRate = 1e-3;
        LrSchedulerType = LearningRateSchedule.Cosine;
        WarmupSteps = 50;
        WeightDecay = 0.1;
    }
}
