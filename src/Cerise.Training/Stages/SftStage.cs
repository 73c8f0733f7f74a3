using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Training.Batches;
using Cerise.Training.Rollouts;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Fine-tunes a model on conversations, or on prompts and completions.</summary>
public sealed class SftStage(SftStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ModelSource source = context.ModelInput(options.Model, options.Adapter);
        var text = ModelText.Load(source, options.ChatTemplate, options.EosToken);
        using CausalModel model = TrainedWeights.Load(context, source, options);
        ModelFolder.RequireFit(model, text.Tokenizer, source.Model);
        SftOptions fitted = options with { MaxLength = Math.Min(options.MaxLength, model.ContextLength) };
        ChatTokenizer chat = text.Chat(options.TokenizerOptions(model.ContextLength));
        (IReadOnlyList<Row> rows, IReadOnlyList<Row> heldBack) = options.Sources().Read(context);
        IReadOnlyCollection<int> stops = StopTokens.Of(model.Config, text.Tokenizer, GenerationConfig.Load(source.Model));
        ConversationChecks checks = new(chat, model.Config.VocabSize, stops), validationChecks = new(chat, model.Config.VocabSize, stops);
        List<TokenSequence> examples = Tokenize(chat, rows, checks);
        List<TokenSequence> validation = Tokenize(chat, heldBack, validationChecks);

        Preflight preflight = new(context);
        foreach (ConversationCheck check in checks.Results())
        {
            preflight.Require(check.Name, check.Verdict != CheckVerdict.Failed, check.Explanation);
            if (check.Verdict == CheckVerdict.Warning)
                context.Progress.Message($"{context.Stage.Name}: {check.Name}: {check.Explanation}");
        }
        TrainedWeights.Note(preflight, model);
        MemoryPlan memory = MemoryPlan.ForSupervised(model.Config, options, examples.Max(example => example.Ids.Count), model.Adapter?.Config);
        preflight.Require("memory", memory.Fits, memory.ToString());
        ValidationSettings.Require(preflight, heldBack, validation);
        if (heldBack.Count > 0)
            foreach (ConversationCheck check in validationChecks.Results().Where(check => check.Verdict == CheckVerdict.Failed))
                preflight.Require($"validation: {check.Name}", false, check.Explanation);
        preflight.Write();

        using SftTrainer trainer = new(model, examples, fitted, context.Seed, validation);
        TrainingLoop.Run(context, trainer, options.SaveSteps, options.KeepCheckpoints, options.LoadBestModelAtEnd);
        TrainingLoop.Finish(context, trainer, text, source, options);
    }

    private List<TokenSequence> Tokenize(ChatTokenizer chat, IEnumerable<Row> rows, ConversationChecks checks)
    {
        List<TokenSequence> examples = [];
        foreach (ChatRow row in options.Reader(chat, options.DropBadRows).Read(rows))
        {
            checks.Add(row);
            if (row.DroppedBecause is null)
                examples.Add(TokenSequence.Of(row.Example!));
        }
        return examples;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan()
    {
        if (TrainedWeights.PlannedModel(options.Model, options) is var (config, adapter))
            yield return MemoryPlan.ForSupervised(config, options, Math.Min(options.MaxLength, options.ContextOf(config)), adapter).ToString();
    }
}
