using Cerise.Tensors;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;
using Cerise.Training.Runs.Reports;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Stages;

/// <summary>Runs a recipe's stages in order in a run folder, going on where an earlier run stopped.</summary>
/// <param name="device">Where models run.</param>
/// <param name="rewards">Rewards that recipes can name.</param>
/// <param name="progress">Told how it goes.</param>
/// <param name="time">The clock.</param>
public sealed class RecipeRunner(Device device, RewardRegistry rewards, IProgressSink progress, TimeProvider time)
{
    /// <summary>Runs a recipe.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="environment">Facts of this machine.</param>
    /// <param name="resume">Whether to go on with a run the folder holds.</param>
    /// <param name="cancellation">Asks to save and stop.</param>
    /// <exception cref="OperationCanceledException">The run was asked to stop; with <paramref name="resume"/> it goes on.</exception>
    public void Run(RecipeDocument recipe, string folder, RunEnvironment environment, bool resume, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        IReadOnlyList<object> options = StageKinds.Bind(recipe);
        RequireKnownNames(options);
        using RunFolder run = RunFolder.Open(folder, recipe.Resolve(options), environment, resume, time);
        foreach (string warning in run.Warnings)
            progress.Message(warning);
        foreach (RecipeStage stage in recipe.Stages)
        {
            if (run.IsFinished(stage.Name))
                continue;
            cancellation.ThrowIfCancellationRequested();
            device.ResetKernelTimes();
            long began = time.GetTimestamp();
            StageKinds.Create(stage.Kind, options[stage.Index]).Run(NewContext(recipe, stage, run, cancellation));
            run.AddTime(new StageTime(stage.Name, time.GetElapsedTime(began).TotalSeconds, device.KernelSeconds, device.KernelTimes));
        }
        ReportWriter.Write(run.Path);
    }

    // A misspelt reward is told now, not when its stage begins, perhaps hours later.
    private void RequireKnownNames(IReadOnlyList<object> options)
    {
        foreach (object stage in options)
        {
            if (stage is GrpoStageOptions grpo)
                RewardOptions.Sum(grpo.Rewards, rewards);
            else if (stage is EvaluateStageOptions evaluate)
                rewards.Verifiers.Create(evaluate.Verifier, new VerifierSettings());
        }
    }

    private StageContext NewContext(RecipeDocument recipe, RecipeStage stage, RunFolder run, CancellationToken cancellation) => new()
    {
        Run = run,
        Recipe = recipe,
        Stage = stage,
        Device = device,
        Rewards = rewards,
        Progress = progress,
        Time = time,
        Cancellation = cancellation,
    };
}
