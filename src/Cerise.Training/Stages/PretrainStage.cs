using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Models;
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
        string tokenizerPath = isFresh ? context.Input("tokenizer", options.Tokenizer) : context.Input("model", options.Model);
        Tokenizer tokenizer = Data.Tokenizer.Load(tokenizerPath);
        using CausalModel model = isFresh
            ? CausalModel.Create(options.Shape.ToConfig(tokenizer), context.Device, context.Seed.Fork("init"))
            : CausalModel.Load(tokenizerPath, context.Device);
        ModelFolder.RequireFit(model, tokenizer, tokenizerPath);
        int maxLength = Math.Min(options.MaxLength, model.ContextLength);
        IReadOnlyList<TokenSequence> documents = PretrainTrainer.Tokenize(Documents(context), tokenizer, maxLength);

        Preflight preflight = new(context);
        preflight.Require("data", documents.Count > 0, $"{documents.Count} sequences, {documents.Sum(document => (long)document.TrainedCount)} trained tokens");
        MemoryPlan memory = MemoryPlan.ForSupervised(model.Config, options, documents.Max(document => document.Ids.Count));
        preflight.Require("memory", memory.Fits, memory.ToString());
        preflight.Write();

        using PretrainTrainer trainer = new(model, documents, options, context.Seed);
        TrainingLoop.Run(context, trainer, options.SaveSteps, options.KeepCheckpoints);
        TrainingLoop.Finish(context, trainer, tokenizer);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan()
    {
        ModelConfig? config = Directory.Exists(options.Model) ? ModelConfig.Load(options.Model)
            : options.Model.Length == 0 && Path.Exists(options.Tokenizer) ? options.Shape.ToConfig(Tokenizer.Load(options.Tokenizer)) : null;
        if (config is not null)
            yield return MemoryPlan.ForSupervised(config, options, Math.Min(options.MaxLength, config.MaxPositionEmbeddings)).ToString();
    }

    private IEnumerable<string> Documents(StageContext context) => options.Data.EndsWith(".txt", StringComparison.OrdinalIgnoreCase)
        ? [File.ReadAllText(context.Input("data", options.Data))]
        : StageData.Read(context, options.Data, options.Mix).Select(row => row.GetString(DatasetColumns.Text));
}
