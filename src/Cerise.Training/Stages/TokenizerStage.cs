using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Training.Runs;

namespace Cerise.Training.Stages;

/// <summary>Trains a tokenizer on the corpus.</summary>
public sealed class TokenizerStage(TokenizerStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Run.BeginStage(context.Stage.Name);
        context.Progress.StageStarted(context.Stage.Name, 1);
        IEnumerable<string> documents = JsonlReader.Read(context.Input("data", options.Data)).Select(row => row.GetString(DatasetColumns.Text));
        BpeTrainerOptions training = new() { VocabSize = options.VocabSize, PreTokenizer = options.PreTokenizer };
        if (options.SpecialTokens.Count > 0)
            training = training with { SpecialTokens = options.SpecialTokens, EosToken = options.SpecialTokens[0] };
        Tokenizer tokenizer = BpeTrainer.Train(documents, training);
        AtomicFolder.Write(context.Output, tokenizer.Save);
        context.Progress.Message($"{tokenizer.VocabSize} tokens");
        context.Run.FinishStage(context.Stage.Name, 1);
        context.Progress.Step(1, []);
        context.Progress.StageEnded();
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan() => [$"{options.VocabSize} tokens"];
}
