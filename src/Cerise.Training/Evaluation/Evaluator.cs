using System.Text.Json;
using Cerise.Data;
using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Tensors;
using Cerise.Training.Rollouts;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Evaluation;

/// <summary>Samples answers to held-out problems and judges them with a verifier, apart from any reward.</summary>
/// <param name="verifier">Judges answers.</param>
/// <param name="answerColumn">Column with the right answer.</param>
/// <param name="format">Which form counts as well-formed; null for <see cref="FormatMode.Cerise"/> where every prompt asks for it (<see cref="ResponseFormat.IsAskedFor"/>), else none.</param>
public sealed class Evaluator(IVerifier verifier, string answerColumn, FormatMode? format)
{
    /// <summary>Evaluates one model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="problems">Prompts with their columns.</param>
    /// <param name="samples">Completions of each.</param>
    /// <param name="sampling">How to sample.</param>
    /// <param name="seed">Source of the samples.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    public EvaluationResult Evaluate(
        CausalModel model, ITokenizer tokenizer, IReadOnlyList<Prompt> problems, int samples, SamplingOptions sampling, Seed seed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(problems);
        using RolloutEngine engine = new(model, tokenizer, sampling);
        IReadOnlyList<Rollout> rollouts = engine.Sample(problems, 0, samples, seed, cancellation);
        FormatMode? asked = format ?? (problems.All(problem => ResponseFormat.IsAskedFor(problem.Text)) ? FormatMode.Cerise : null);
        List<EvaluatedSample> judged = [];
        int unreadable = 0;
        foreach (Rollout rollout in rollouts)
        {
            string response = rollout.ToRewardInput(sampling.MaxNewTokens).Response;
            string gold = rollout.Prompt.Columns.TryGetValue(answerColumn, out JsonElement value) ? value.ToString() : "";
            VerifierResult result = verifier.Verify(gold, response, rollout.Prompt.Columns);
            unreadable += result.Score is null ? 1 : 0;
            judged.Add(new EvaluatedSample(rollout, result.Score is > 0.5, asked is { } mode ? ResponseFormat.Matches(response, mode) : null, result.Extracted));
        }
        if (unreadable == rollouts.Count)
            throw new TrainingException($"no problem could be judged: the verifier '{verifier.Kind}' reads no right answer in column '{answerColumn}'");
        return new EvaluationResult(judged, samples);
    }
}
