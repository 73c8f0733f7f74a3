using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Models;
using Cerise.Models.Adapters;
using Cerise.Models.Configs;
using Cerise.Training.Batches;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Pre-trains a model on plain text.</summary>
public sealed class PretrainStage(PretrainStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool isFresh = options.Model.Length == 0;
        ModelSource source = isFresh ? new ModelSource(context.Input("tokenizer", options.Tokenizer), null) : context.ModelInput(options.Model, options.Adapter);
        Tokenizer tokenizer = Data.Tokenizer.Load(source.Tokenizer);
        using CausalModel model = isFresh
            ? CausalModel.Create(options.Shape.ToConfig(tokenizer), context.Device, context.Seed.Fork("init"))
            : TrainedWeights.Load(context, source, options);
        if (isFresh)
            TrainedWeights.Choose(model, options, null, context.Seed);                  // which can only freeze
        ModelFolder.RequireFit(model, tokenizer, source.Model);
        int maxLength = Math.Min(options.MaxLength, model.ContextLength);
        (IEnumerable<string> train, IReadOnlyCollection<string> heldBack) = Documents(context);
        IReadOnlyList<TokenSequence> documents = PretrainTrainer.Tokenize(train, tokenizer, maxLength);
        IReadOnlyList<TokenSequence> validation = PretrainTrainer.Tokenize(heldBack, tokenizer, maxLength);

        Preflight preflight = new(context);
        preflight.Require("data", documents.Count > 0, $"{documents.Count} sequences, {documents.Sum(document => (long)document.TrainedCount)} trained tokens");
        TrainedWeights.Note(preflight, model);
        MemoryPlan memory = MemoryPlan.ForSupervised(model.Config, options, documents.Max(document => document.Ids.Count), model.Adapter?.Config);
        preflight.Require("memory", memory.Fits, memory.ToString());
        ValidationSettings.Require(preflight, heldBack, validation);
        preflight.Write();

        using PretrainTrainer trainer = new(model, documents, options, context.Seed, validation);
        TrainingLoop.Run(context, trainer, options.SaveSteps, options.KeepCheckpoints, options.LoadBestModelAtEnd);
        TrainingLoop.Finish(context, trainer, new ModelText(tokenizer, null), source, options);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan()
    {
        (ModelConfig Config, LoraConfig? Adapter)? planned = options.Model.Length > 0 ? TrainedWeights.PlannedModel(options.Model, options)
            : Path.Exists(options.Tokenizer) ? (options.Shape.ToConfig(Tokenizer.Load(options.Tokenizer)), null) : null;
        if (planned is var (config, adapter))
            yield return MemoryPlan.ForSupervised(config, options, Math.Min(options.MaxLength, options.ContextOf(config)), adapter).ToString();
    }

    private (IEnumerable<string> Train, IReadOnlyCollection<string> Validation) Documents(StageContext context)
    {
        if (options.Data.EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
        {
            if (options.ValidationSplit > 0 || options.Mix.Count > 0)
                throw new TrainingException($"{context.Stage.Title}: {options.Data} is one document, to which validation_split and mix do not apply; put documents into the rows of a JSONL file, column 'text'");
            return ([PlainFile.ReadAllText(context.Input("data", options.Data))], options.EvalData.Length > 0 ? Texts(JsonlReader.Read(context.Input("eval_data", options.EvalData))) : []);
        }
        (IReadOnlyList<Row> rows, IReadOnlyList<Row> heldBack) = options.Sources().Read(context);
        return (Texts(rows), Texts(heldBack));
    }

    private static string[] Texts(IEnumerable<Row> rows) => [.. rows.Select(row => row.GetString(DatasetColumns.Text))];
}
