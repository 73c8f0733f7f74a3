using Cerise.Training.Optimizers;

namespace Cerise.Training.Trainers;

/// <summary>Settings of <see cref="SftTrainer"/>.</summary>
public record SftOptions : SupervisedOptions
{
    /// <summary>Defaults: learning rate 2e-5 as TRL's, cosine decay to a tenth as R1's SFT (arXiv:2501.12948).</summary>
    public SftOptions()
    {
        LearningRate = 2e-5;
        LrSchedulerType = LearningRateSchedule.Cosine;
    }

    /// <summary>Train on the completion's tokens only (default), or on the prompt's too.</summary>
    public bool CompletionOnlyLoss { get; init; } = true;
}
