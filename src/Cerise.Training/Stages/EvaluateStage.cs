using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Training.Evaluation;
using Cerise.Training.Rollouts;
using Cerise.Training.Runs;
using Cerise.Training.Tasks;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Stages;

/// <summary>Compares models on held-out problems; all see the same problems and the same random numbers.</summary>
public sealed class EvaluateStage(EvaluateStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Run.BeginStage(context.Stage.Name);
        context.Progress.StageStarted(context.Stage.Name, options.Models.Count);
        IVerifier verifier = context.Rewards.Verifiers.Create(options.Verifier, new VerifierSettings());
        Evaluator evaluator = new(verifier, options.AnswerColumn, options.Format);
        List<EvaluationRow> rows = [];
        foreach (EvaluatedModel evaluated in options.Models)
        {
            EvaluationResult result = Evaluate(context, evaluator, evaluated);
            EvaluationRow row = result.ToRow(evaluated.Name);
            rows.Add(row);
            foreach (EvaluatedSample sample in result.Samples)
                context.Run.Log.Sample(context.Stage.Name, rows.Count, ToRow(sample));
            context.Progress.Step(rows.Count, new StepMetrics
            {
                { "accuracy", row.Accuracy },
                { "completions/mean_length", row.MeanLength },
                { "well_formed", row.WellFormed },
            });
        }
        new EvaluationTable { Task = options.Task, Rows = rows }.Write(context.Run.Path);
        context.Run.FinishStage(context.Stage.Name, rows.Count);
        context.Progress.StageEnded();
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan() => [$"{options.Models.Count} models, {options.Samples} samples of each problem"];

    private EvaluationResult Evaluate(StageContext context, Evaluator evaluator, EvaluatedModel evaluated)
    {
        string folder = context.Input("model", evaluated.Model);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        using CausalModel model = CausalModel.Load(folder, context.Device);
        string? template = options.Template == "r1_zero" ? PromptTemplate.R1Zero : options.Template;
        IReadOnlyList<Prompt> problems = Prompt.Read(JsonlReader.Read(context.Input("data", options.Data)), tokenizer, template);
        SamplingOptions sampling = new()
        {
            Temperature = (float)options.Temperature,
            TopP = (float)options.TopP,
            MaxNewTokens = options.MaxCompletionLength,
            StopIds = StopTokens.Of(model.Config, tokenizer),
        };
        return evaluator.Evaluate(model, tokenizer, problems, options.Samples, sampling, context.Seed, context.Cancellation);
    }

    private static SampleRow ToRow(EvaluatedSample sample) => new(sample.Rollout.Prompt.Text, sample.Rollout.Text)
    {
        Rewards = [KeyValuePair.Create("correct", (double?)(sample.IsCorrect ? 1 : 0)), KeyValuePair.Create("well_formed", (double?)(sample.IsWellFormed ? 1 : 0))],
        Tokens = sample.Rollout.Completion.Ids.Count,
        FinishReason = sample.Rollout.Truncated ? "length" : "stop",
    };
}
