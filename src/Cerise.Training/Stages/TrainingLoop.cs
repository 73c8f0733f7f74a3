using System.Diagnostics;
using System.Globalization;
using Cerise.Models.Configs;
using Cerise.Training.Optimizers;
using Cerise.Training.Runs;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Drives a trainer from its last checkpoint to its last step: logs, saves, stops when asked to.</summary>
internal static class TrainingLoop
{
    /// <param name="context">The stage.</param>
    /// <param name="trainer">Fresh; taken to the last checkpoint here.</param>
    /// <param name="saveSteps">Steps between checkpoints; 0 saves none but the one when stopped.</param>
    /// <param name="keepCheckpoints">How many of them stay.</param>
    /// <param name="loadBest">Whether to end with the weights of the best evaluation.</param>
    /// <param name="watch">Looks at each step's metrics and may stop the run.</param>
    public static void Run(StageContext context, ITrainer trainer, int saveSteps, int keepCheckpoints, bool loadBest = false, Action<long, StepMetrics>? watch = null)
    {
        try
        {
            Drive(context, trainer, saveSteps, keepCheckpoints, loadBest, watch);
        }
        catch
        {
            context.Progress.StageEnded();
            throw;
        }
    }

    // A base model of the run itself is named from the adapter's folder on, so that the run's folder can be moved.
    private static void SaveAdapter(StageContext context, string folder, ITrainer trainer, ModelText text, ModelSource source)
    {
        string model = Path.GetFullPath(source.Model);
        bool isOfRun = model.StartsWith(Path.GetFullPath(context.Run.Path) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        trainer.Model.Adapter!.Save(folder, isOfRun ? Path.GetRelativePath(Path.GetFullPath(context.AdapterOutput), model) : model);
        text.Save(folder);
    }

    // The process's peak so far, to be compared with the plan.
    private static string PeakMemory(StageContext context)
    {
        using Process process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"{context.Stage.Name}: this process has used at most {process.PeakWorkingSet64 / 1e9:0.###} GB of memory");
    }

    private static void Drive(StageContext context, ITrainer trainer, int saveSteps, int keepCheckpoints, bool loadBest, Action<long, StepMetrics>? watch)
    {
        string stage = context.Stage.Name;
        StoredCheckpoint? checkpoint = context.Run.BeginStage(stage);
        if (checkpoint is not null)
            trainer.LoadState(checkpoint.Folder, checkpoint.Step);
        context.Progress.StageStarted(stage, trainer.TotalSteps, trainer.Step);
        long saved = trainer.Step;
        while (trainer.Step < trainer.TotalSteps)
        {
            long began = context.Time.GetTimestamp();
            StepResult result;
            try
            {
                context.Cancellation.ThrowIfCancellationRequested();
                result = trainer.TrainStep(context.Cancellation);
            }
            catch (OperationCanceledException)
            {
                if (trainer.Step > saved)
                    context.Run.SaveCheckpoint(stage, trainer.Step, trainer.SaveState, keepCheckpoints);
                throw;
            }
            catch (TrainingException error)
            {
                throw new TrainingException($"{context.Stage.Title}, step {trainer.Step + 1}: {error.Message}", error);
            }
            result.Metrics["step_time"] = context.Time.GetElapsedTime(began).TotalSeconds;
            context.Run.Log.Step(stage, trainer.Step, result.Metrics);
            foreach (SampleRow sample in result.Samples)
                context.Run.Log.Sample(stage, trainer.Step, sample);
            context.Progress.Step(trainer.Step, result.Metrics);
            if (loadBest && result.IsBest)
                context.Run.Checkpoints.SaveBest(stage, folder => TrainerState.SaveWeights(Path.Combine(folder, TrainerState.PolicyFile), trainer.Model));
            watch?.Invoke(trainer.Step, result.Metrics);
            if (saveSteps > 0 && trainer.Step % saveSteps == 0 && trainer.Step < trainer.TotalSteps)
            {
                context.Run.SaveCheckpoint(stage, trainer.Step, trainer.SaveState, keepCheckpoints);
                saved = trainer.Step;
            }
        }
        if (loadBest && context.Run.Checkpoints.Best(stage) is { } best)
            TrainerState.LoadWeights(Path.Combine(best, TrainerState.PolicyFile), trainer.Model);
    }

    /// <summary>Saves the stage's model with its tokenizer, and its adapter, and notes that the stage is done.</summary>
    /// <param name="context">The stage.</param>
    /// <param name="trainer">At its last step.</param>
    /// <param name="text">The model's tokenizer and chat template.</param>
    /// <param name="source">What the stage began with.</param>
    /// <param name="options">Whether an adapter is merged.</param>
    public static void Finish(StageContext context, ITrainer trainer, ModelText text, ModelSource source, AdapterOptions options)
    {
        bool isInside = trainer.Model.Adapter is not null && Path.GetDirectoryName(context.AdapterOutput) == context.Output;
        if (trainer.Model.Adapter is not null && !isInside)
            AtomicFolder.Write(context.AdapterOutput, folder => SaveAdapter(context, folder, trainer, text, source));
        if (trainer.Model.Adapter is null || options.LoraMerge || isInside)
        {
            AtomicFolder.Write(context.Output, folder =>
            {
                if (isInside)
                    SaveAdapter(context, Path.Combine(folder, ModelSource.AdapterFolder), trainer, text, source);
                if (trainer.Model.Adapter is null || options.LoraMerge)
                    ModelFolder.Save(folder, trainer.Model, text, Directory.Exists(source.Model) ? GenerationConfig.Load(source.Model) : null);
            });
        }
        context.Run.FinishStage(context.Stage.Name, trainer.Step);
        context.Progress.StageEnded();
        context.Progress.Message(PeakMemory(context));
    }
}
