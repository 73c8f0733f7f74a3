using Cerise.Models;

namespace Cerise.Training.Trainers;

/// <summary>A training method, one optimizer step or rollout at a time. Sampling, logging, checkpoints and stopping are whoever calls it's business.</summary>
public interface ITrainer : IDisposable
{
    /// <summary>The model being trained.</summary>
    public CausalModel Model { get; }

    /// <summary>Steps of the whole run.</summary>
    public long TotalSteps { get; }

    /// <summary>Steps done.</summary>
    public long Step { get; }

    /// <summary>Does the next step.</summary>
    /// <param name="cancellation">Gives the step up, leaving weights and optimizer as they were before it.</param>
    public StepResult TrainStep(CancellationToken cancellation);

    /// <summary>Writes everything the next step depends on.</summary>
    public void SaveState(string folder);

    /// <summary>Reads what <see cref="SaveState"/> wrote after <paramref name="step"/> steps.</summary>
    public void LoadState(string folder, long step);
}
