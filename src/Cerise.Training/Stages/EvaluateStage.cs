using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Training.Evaluation;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;
using Cerise.Training.Runs;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Stages;

/// <summary>Compares models on held-out problems; all see the same problems and the same random numbers.</summary>
public sealed class EvaluateStage(EvaluateStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            Compare(context);
        }
        finally
        {
            context.Progress.StageEnded();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan() => [$"{options.Models.Count} models, {options.Samples} samples of each problem"];

    private void Compare(StageContext context)
    {
        StoredCheckpoint? checkpoint = context.Run.BeginStage(context.Stage.Name);
        List<EvaluationRow> rows = checkpoint is null ? [] : [.. EvaluationTable.Read(checkpoint.Folder)[0].Rows];
        context.Progress.StageStarted(context.Stage.Name, options.Models.Count, rows.Count, "model");
        IVerifier verifier = context.Rewards.Verifiers.Create(options.Verifier, new VerifierSettings { Lenient = options.Lenient });
        Evaluator evaluator = new(verifier, options.AnswerColumn, options.Format ?? RewardedFormat(context));
        Preflight preflight = new(context);
        foreach (EvaluatedModel evaluated in options.Models.Skip(rows.Count))
        {
            EvaluationResult result = Evaluate(context, evaluator, evaluated, preflight);
            EvaluationRow row = result.ToRow(evaluated.Name);
            rows.Add(row);
            foreach (EvaluatedSample sample in result.Samples)
                context.Run.Log.Sample(context.Stage.Name, rows.Count, ToRow(sample));
            StepMetrics metrics = new() { { "accuracy", row.Accuracy }, { "completions/mean_length", row.MeanLength } };
            if (row.WellFormed is { } wellFormed)
                metrics.Add("well_formed", wellFormed);
            context.Progress.Step(rows.Count, metrics);
            if (rows.Count < options.Models.Count)
                context.Run.SaveCheckpoint(context.Stage.Name, rows.Count, folder => new EvaluationTable { Stage = context.Stage.Name, Task = options.Task, Rows = rows }.Write(folder));
        }
        new EvaluationTable { Stage = context.Stage.Name, Task = options.Task, Rows = rows }.Write(context.Run.Path);
        context.Run.FinishStage(context.Stage.Name, rows.Count);
    }

    private EvaluationResult Evaluate(StageContext context, Evaluator evaluator, EvaluatedModel evaluated, Preflight preflight)
    {
        ModelSource source = context.ModelInput(evaluated.Model, evaluated.Adapter);
        var text = ModelText.Load(source);
        if (text.Template is null && options.ChatTemplate.Length > 0)
            text = ModelText.Load(source, options.ChatTemplate);
        Tokenizer tokenizer = text.Tokenizer;
        TrainedWeights.RequireContext(ModelConfig.Load(source.Model), evaluated.ContextLength, source.Model);
        using CausalModel model = CausalModel.Load(source.Model, context.Device, evaluated.ContextLength > 0 ? evaluated.ContextLength : null);
        if (source.Adapter is { } adapter)
            model.LoadAdapter(adapter);
        ModelFolder.RequireFit(model, tokenizer, source.Model);
        string? template = TemplateSetting.TextOf(options.Template);
        IReadOnlyList<Prompt> problems = Prompt.Read(StageData.ReadFile(context.Input("data", options.Data)), text.Chat(), template);
        Require(preflight, evaluated.Name, problems, model.ContextLength);
        SamplingOptions sampling = new()
        {
            Temperature = (float)options.Temperature,
            TopP = (float)options.TopP,
            MaxNewTokens = options.MaxCompletionLength,
            StopIds = StopTokens.Of(model.Config, tokenizer, GenerationConfig.Load(source.Model)),
        };
        return evaluator.Evaluate(model, tokenizer, problems, options.Samples, sampling, context.Seed, context.Cancellation);
    }

    private void Require(Preflight preflight, string name, IReadOnlyList<Prompt> problems, int contextLength)
    {
        int empty = problems.Count(problem => problem.Ids.Count == 0);
        int longest = problems.Select(problem => problem.Ids.Count).DefaultIfEmpty().Max();
        string? wrong = problems.Count == 0 ? $"{options.Data} has no problem"
            : empty > 0 ? $"{empty} of {problems.Count} problems in {options.Data} have no tokens; give the model something to go on from"
            : longest >= contextLength ? $"the longest problem in {options.Data} has {longest} tokens, which fill the model's context of {contextLength}"
            : null;
        preflight.Require($"problems for '{name}'", wrong is null, wrong ?? $"{problems.Count} problems of at most {longest} tokens in a context of {contextLength}");
        preflight.Write();
    }

    // What a stage of the recipe rewards is what its models are asked for.
    private static FormatMode? RewardedFormat(StageContext context) => StageKinds.Bind(context.Recipe).OfType<GrpoStageOptions>()
        .SelectMany(stage => stage.Rewards).Where(reward => reward.Name == FormatReward.RegistryName)
        .Select(reward => (context.Rewards.Create(reward.Name, reward.Settings) as FormatReward)?.Mode).FirstOrDefault(mode => mode is not null);

    private static KeyValuePair<string, double?> Score(string name, bool isSo) => new(name, isSo ? 1 : 0);

    private static SampleRow ToRow(EvaluatedSample sample) => new(sample.Rollout.Prompt.Text, sample.Rollout.Text)
    {
        Rewards = sample.IsWellFormed is { } wellFormed ? [Score("correct", sample.IsCorrect), Score("well_formed", wellFormed)] : [Score("correct", sample.IsCorrect)],
        Tokens = sample.Rollout.Completion.Ids.Count,
        FinishReason = sample.Rollout.Truncated ? "length" : "stop",
    };
}
