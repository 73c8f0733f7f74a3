using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Training.Batches;

namespace Cerise.Training.Trainers;

/// <summary>Uniform noise on the embeddings of a training step (NEFTune, Jain et al. 2023, arXiv:2310.05914): e += u * alpha / sqrt(L d), u in (-1, 1), for a sequence of L tokens of d channels.</summary>
/// <remarks>A number depends on the seed, the sequence's place in the step, its token and the channel alone, so that packing and micro-batches change nothing.</remarks>
internal static class NeftuneNoise
{
    /// <param name="graph">Owner of the result.</param>
    /// <param name="sequences">The pack's sequences.</param>
    /// <param name="first">Place of the first of them in the step's batch.</param>
    /// <param name="channels">Channels of an embedding.</param>
    /// <param name="alpha">Strength, above 0.</param>
    /// <param name="seed">The step's.</param>
    /// <returns>[tokens, channels].</returns>
    public static Tensor Make(Graph graph, ReadOnlySpan<TokenSequence> sequences, int first, int channels, double alpha, Seed seed)
    {
        int tokens = 0;
        foreach (TokenSequence sequence in sequences)
            tokens += sequence.Ids.Count;
        float[] noise = new float[tokens * channels];
        int at = 0;
        for (int s = 0; s < sequences.Length; s++)
        {
            Seed own = seed.Fork(first + s);
            int length = sequences[s].Ids.Count * channels;
            double scale = alpha / Math.Sqrt(length);
            for (int i = 0; i < length; i++)
                noise[at++] = (float)(((2 * own.Uniform(i)) - 1) * scale);
        }
        return graph.From(noise, new Shape(tokens, channels));
    }
}
