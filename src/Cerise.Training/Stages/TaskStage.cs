using Cerise.Training.Runs;
using Cerise.Training.Tasks;

namespace Cerise.Training.Stages;

/// <summary>Makes a task's corpus, prompts and held-out problems, and checks that no held-out problem occurs in the others.</summary>
public sealed class TaskStage(TaskStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Run.BeginStage(context.Stage.Name);
        context.Progress.StageStarted(context.Stage.Name, 1);
        ITask task = options.Task == TaskKind.Stories ? new StoryTask(options.Stories) : new CountdownTask(options.Countdown);
        TaskFileOptions sizes = new() { Documents = options.Documents, Prompts = options.Prompts, EvaluationProblems = options.EvaluationProblems };
        string[] heldOut = [.. options.HeldOut.Select(file => context.Input("held_out", file))];
        var exclude = heldOut.SelectMany(ContaminationCheck.Questions).ToHashSet(StringComparer.Ordinal);
        AtomicFolder.Write(context.Output, folder =>
        {
            TaskFiles files = TaskFiles.Write(task, context.Seed, folder, sizes, exclude);
            string[] made = [files.Corpus, files.Prompts];
            if (options.Chat.Conversations > 0)
                made = [.. made, ChatFiles.Write((StoryTask)task, context.Seed, folder, options.Chat, files, options.EvaluationProblems, exclude)];
            foreach (string file in heldOut)
                ContaminationCheck.Run(file, made);
        });
        context.Progress.Message($"{options.Documents} documents, {options.Prompts} prompts, {options.EvaluationProblems} held-out problems; none of those occurs in the others");
        context.Run.FinishStage(context.Stage.Name, 1);
        context.Progress.Step(1, []);
        context.Progress.StageEnded();
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan() => [$"{options.Documents} documents, {options.Prompts} prompts, {options.EvaluationProblems} held-out problems"];
}
