using Cerise.Models;
using Cerise.Tensors;
using Cerise.Training.Batches;
using Cerise.Training.Runs;

namespace Cerise.Training.Trainers;

/// <summary>Sums over trained tokens, of which the metrics of maximum likelihood are made; those of negative examples also by themselves.</summary>
internal sealed class LikelihoodSums
{
    private readonly Part _positive = new();
    private readonly Part _negative = new();

    /// <summary>Trained tokens.</summary>
    public long Tokens => _positive.Tokens + _negative.Tokens;

    /// <summary>Mean negative log-likelihood, in nats a token; 0 without tokens.</summary>
    public double Loss => (_positive.NegativeLogLikelihood + _negative.NegativeLogLikelihood) / Math.Max(1, Tokens);

    /// <summary>Mean entropy of the predictions, in nats a token.</summary>
    public double Entropy => (_positive.Entropy + _negative.Entropy) / Math.Max(1, Tokens);

    /// <summary>Share of tokens that were the likeliest: accuracy of guessing each next token.</summary>
    public double Accuracy => (double)(_positive.Correct + _negative.Correct) / Math.Max(1, Tokens);

    /// <summary>Adds a pack's tokens.</summary>
    /// <param name="sequences">The pack's sequences, in order.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="logProbs">Log-probability of each of the pack's targets.</param>
    /// <param name="entropies">Entropy of each.</param>
    /// <param name="statistics">Largest logit and ln of the sum of e^(logit - largest) of each.</param>
    public void Add(ReadOnlySpan<TokenSequence> sequences, TokenBatch pack, Tensor logProbs, Tensor entropies, Tensor statistics)
    {
        float[] taken = logProbs.ToArray();
        float[] spread = entropies.ToArray();
        float[] shape = statistics.ToArray();
        ReadOnlySpan<int> offsets = pack.Offsets.Values;
        for (int s = 0; s < sequences.Length; s++)
        {
            Part part = sequences[s].IsNegative ? _negative : _positive;
            for (int i = offsets[s]; i < offsets[s + 1]; i++)
            {
                part.Tokens++;
                part.NegativeLogLikelihood -= taken[i];
                part.Entropy += spread[i];
                part.Correct += taken[i] >= -shape[(2 * i) + 1] ? 1 : 0;
            }
        }
    }

    /// <summary>The metrics.</summary>
    public StepMetrics Metrics()
    {
        StepMetrics metrics = new()
        {
            { "loss", Loss },
            { "perplexity", Math.Exp(Loss) },
            { "entropy", Entropy },
            { "mean_token_accuracy", Accuracy },
        };
        if (_negative.Tokens > 0)
        {
            metrics["loss/positive"] = _positive.Loss;
            metrics["loss/negative"] = _negative.Loss;
        }
        return metrics;
    }

    private sealed class Part
    {
        public long Tokens { get; set; }

        public long Correct { get; set; }

        public double NegativeLogLikelihood { get; set; }

        public double Entropy { get; set; }

        public double Loss => NegativeLogLikelihood / Math.Max(1, Tokens);
    }
}
