using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;
using Cerise.Training.Runs;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Reinforcement learning with GRPO and its family.</summary>
public sealed class GrpoStage(GrpoStageOptions options) : IStage
{
    /// <summary>A run whose first so many steps had nothing to compare is stopped.</summary>
    private const int HopelessSteps = 5;

    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ModelSource source = context.ModelInput(options.Model, options.Adapter);
        var text = ModelText.Load(source);
        Tokenizer tokenizer = text.Tokenizer;
        using CausalModel model = TrainedWeights.Load(context, source, options);
        ModelFolder.RequireFit(model, tokenizer, source.Model);
        RewardSum rewards = RewardOptions.Sum(options.Rewards, context.Rewards);
        IReadOnlyList<Prompt> all = Prompt.Read(StageData.Read(context, options.Sources()), text.Chat(), TemplateSetting.TextOf(options.Template));
        Prompt[] prompts = [.. all.Where(prompt => prompt.Ids.Count <= options.MaxPromptLength)];

        Preflight preflight = new(context);
        preflight.Require("prompts", prompts.Length > 0, prompts.Length > 0
            ? $"{prompts.Length} prompts; {all.Count - prompts.Length} left out, longer than max_prompt_length ({options.MaxPromptLength})"
            : $"{options.Data} has no prompt of at most max_prompt_length ({options.MaxPromptLength}) tokens");
        int empty = prompts.Count(prompt => prompt.Ids.Count == 0);
        if (empty > 0)
            preflight.Require("prompts", false, $"{empty} of {all.Count} prompts in {options.Data} have no tokens; give the model something to go on from");
        int longest = prompts.Max(prompt => prompt.Ids.Count);
        preflight.Require("context", longest + options.MaxCompletionLength <= model.ContextLength,
            $"longest prompt {longest} + max_completion_length {options.MaxCompletionLength} tokens in a context of {model.ContextLength}"
            + (longest + options.MaxCompletionLength <= model.ContextLength ? "" : "; lower max_prompt_length or max_completion_length"));
        (bool tells, string found) = RewardProbe.Check(rewards, prompts, options);
        preflight.Require("rewards", tells, found);
        TrainedWeights.Note(preflight, model);
        MemoryPlan memory = MemoryPlan.ForGrpo(model.Config, options, longest, model.Adapter?.Config);
        preflight.Require("memory", memory.Fits, memory.ToString());
        preflight.Write();

        IReadOnlyList<int> stops = StopTokens.Of(model.Config, tokenizer, GenerationConfig.Load(source.Model));
        using GrpoTrainer trainer = new(model, tokenizer, prompts, rewards, options, context.Seed, context.Time, stops);
        TrainingLoop.Run(context, trainer, options.SaveSteps, options.KeepCheckpoints, watch: Watch(context));
        TrainingLoop.Finish(context, trainer, text, source, options);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan()
    {
        if (TrainedWeights.PlannedModel(options.Model, options) is var (config, adapter))
            yield return MemoryPlan.ForGrpo(config, options, options.MaxPromptLength, adapter).ToString();
    }

    // Loud where others are silent: rewards that fail, and groups that are all alike from the start.
    private static Action<long, StepMetrics> Watch(StageContext context)
    {
        int alike = 0;
        return (step, metrics) =>
        {
            foreach ((string name, double value) in metrics)
                if (name.StartsWith("rewards/", StringComparison.Ordinal) && name.EndsWith("/errors", StringComparison.Ordinal) && value > 0)
                    context.Progress.Message($"step {step}: {name} = {value}: completions that could not be scored, and were not");
            alike = metrics["frac_reward_zero_std"] == 1 && step == alike + 1 ? alike + 1 : 0;
            if (alike == HopelessSteps)
                throw new TrainingException(
                    $"{context.Stage.Title}: in each of the first {HopelessSteps} steps all completions of every prompt had the same reward, so there is nothing to learn from. "
                    + "Look at samples.jsonl: is the task too hard or too easy for this model, max_completion_length too short, or the reward blind?");
        };
    }
}
