using Cerise.Training.Advantages;
using Cerise.Training.Losses;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;

namespace Cerise.Training.Trainers;

/// <summary>Collects what a GRPO step measures, under TRL's names.</summary>
/// <remarks>
/// Entropy, kl and clip ratios are means over the tokens whose loss was computed, in all passes; without any, entropy and kl are left out. A token counts as clipped
/// where the loss limits its ratio: its own, the completion's for GSPO, and for CISPO wherever the weight is capped.
/// </remarks>
internal sealed class GrpoMetrics(GrpoBatch batch, RewardScores scores, RewardStatistics statistics, GrpoOptions options)
{
    private double _loss;
    private double _gradNorm;
    private double _learningRate;
    private double _entropy;
    private double _kl;
    private long _tokens;
    private long _clippedLow;
    private long _clippedHigh;

    /// <summary>Optimizer updates made in this step.</summary>
    public int Updates { get; private set; }

    /// <summary>Takes in a micro-batch.</summary>
    public void Add(int[] rows, float[] logProbs, float[] entropies, double loss)
    {
        _loss += loss;
        int next = 0;
        foreach (int row in rows)
        {
            double[] logRatios = [.. batch.OldLogProbs(row).Zip(logProbs.Skip(next), (old, current) => (double)current - old)];
            double meanLogRatio = logRatios.Average();
            for (int token = 0; token < logRatios.Length; token++, next++)
            {
                CountClipped(options.LossType == PolicyLossType.Gspo ? meanLogRatio : logRatios[token], batch.Advantages[row]);
                _entropy += entropies[next];
                if (batch.ReferenceLogProbs is { } reference)
                    _kl += KlPenalty.Of(KlEstimator.K3, logProbs[next], reference[row][token]);
                _tokens++;
            }
        }
    }

    /// <summary>Takes in an optimizer update.</summary>
    public void Updated(double gradNorm, double learningRate)
    {
        Updates++;
        _gradNorm += gradNorm;
        _learningRate = learningRate;
    }

    /// <summary>The step's metrics and a few of its completions.</summary>
    public StepResult Result(long tokensSoFar)
    {
        int[] lengths = [.. Enumerable.Range(0, batch.Rollouts.Count).Select(batch.Length)];
        double tokens = Math.Max(1, _tokens);
        StepMetrics metrics = new()
        {
            { "loss", _loss / Updates },
            { "reward", statistics.Mean },
            { "reward_std", statistics.Std },
            { "frac_reward_zero_std", statistics.FractionZeroStd },
        };
        metrics.AddRange(scores.Metrics());
        if (batch.ReferenceLogProbs is not null && _tokens > 0)
            metrics["kl"] = _kl / tokens;
        if (_tokens > 0)
            metrics["entropy"] = _entropy / tokens;
        metrics["clip_ratio/low_mean"] = _clippedLow / tokens;
        metrics["clip_ratio/high_mean"] = _clippedHigh / tokens;
        metrics["clip_ratio/region_mean"] = (_clippedLow + _clippedHigh) / tokens;
        metrics["completions/mean_length"] = lengths.Average();
        metrics["completions/min_length"] = lengths.Min();
        metrics["completions/max_length"] = lengths.Max();
        metrics["completions/clipped_ratio"] = batch.Rollouts.Count(rollout => rollout.Truncated) / (double)lengths.Length;
        metrics["grad_norm"] = _gradNorm / Updates;
        metrics["learning_rate"] = _learningRate;
        metrics["num_tokens"] = tokensSoFar;
        return new StepResult(metrics, [.. Enumerable.Range(0, Math.Min(options.NumCompletionsToPrint, batch.Rollouts.Count)).Select(Sample)]);
    }

    private void CountClipped(double logRatio, double advantage)
    {
        double ratio = Math.Exp(Math.Clamp(logRatio, -20, 20));
        if (options.LossType == PolicyLossType.Cispo)
        {
            _clippedHigh += ratio > options.WeightCap ? 1 : 0;
            return;
        }
        _clippedLow += ratio < 1 - options.Epsilon && advantage < 0 ? 1 : 0;
        _clippedHigh += ratio > 1 + (options.EpsilonHigh ?? options.Epsilon) && advantage > 0 ? 1 : 0;
    }

    private SampleRow Sample(int row) => new(batch.Rollouts[row].Prompt.Text, batch.Rollouts[row].Text)
    {
        Rewards = [.. scores.Components.Select(component => KeyValuePair.Create(component.Name, component.Scores[row]))],
        Reward = scores.Total[row],
        Advantage = batch.Advantages[row],
        Tokens = batch.Length(row),
        FinishReason = batch.Rollouts[row].Truncated ? "length" : "stop",
    };
}
