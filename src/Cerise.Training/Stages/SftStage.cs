using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Training.Batches;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Fine-tunes a model on prompts and completions.</summary>
public sealed class SftStage(SftStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ModelSource source = context.ModelInput(options.Model, options.Adapter);
        Tokenizer tokenizer = Tokenizer.Load(source.Tokenizer);
        using CausalModel model = TrainedWeights.Load(context, source, options);
        ModelFolder.RequireFit(model, tokenizer, source.Model);
        SftOptions fitted = options with { MaxLength = Math.Min(options.MaxLength, model.ContextLength) };
        (IReadOnlyList<Row> rows, IReadOnlyList<Row> heldBack) = ValidationSettings.Rows(context, options.Data, options.Mix, options.EvalData, options.ValidationSplit);
        List<TokenSequence> examples = Tokenize(rows, tokenizer, fitted);
        List<TokenSequence> validation = Tokenize(heldBack, tokenizer, fitted);
        int dropped = rows.Count - examples.Count;

        Preflight preflight = new(context);
        preflight.Require(
            "trained tokens", examples.Count > 0,
            examples.Count > 0
                ? $"{examples.Count} examples, {examples.Sum(example => (long)example.TrainedCount)} trained of {examples.Sum(example => (long)example.Ids.Count)} tokens; {dropped} dropped, their prompts fill max_length ({fitted.MaxLength})"
                : $"no example has a trained token within max_length ({fitted.MaxLength}); raise it or shorten the prompts");
        TrainedWeights.Note(preflight, model);
        MemoryPlan memory = MemoryPlan.ForSupervised(model.Config, options, examples.Max(example => example.Ids.Count), model.Adapter?.Config);
        preflight.Require("memory", memory.Fits, memory.ToString());
        ValidationSettings.Require(preflight, heldBack, validation);
        preflight.Write();

        using SftTrainer trainer = new(model, examples, fitted, context.Seed, validation);
        TrainingLoop.Run(context, trainer, options.SaveSteps, options.KeepCheckpoints, options.LoadBestModelAtEnd);
        TrainingLoop.Finish(context, trainer, tokenizer, source, options);
    }

    private static List<TokenSequence> Tokenize(IEnumerable<Row> rows, Tokenizer tokenizer, SftOptions options) =>
    [
        .. rows.Select(row => SftTrainer.Tokenize(row.GetString(DatasetColumns.Prompt), row.GetString(DatasetColumns.Completion), tokenizer, options))
            .OfType<TokenSequence>().Where(example => example.TrainedCount > 0),
    ];

    /// <inheritdoc/>
    public IEnumerable<string> Plan()
    {
        if (!Directory.Exists(options.Model))
            yield break;
        ModelConfig config = ModelConfig.Load(options.Model);
        yield return MemoryPlan.ForSupervised(config, options, Math.Min(options.MaxLength, config.MaxPositionEmbeddings)).ToString();
    }
}
