using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Finds the likeliest tokens of a row.</summary>
internal static unsafe partial class SampleRow
{
    /// <summary>Writes the likeliest tokens and the drawn one's log-probability, at temperature 1.</summary>
    /// <param name="logits">The logits, all strips.</param>
    /// <param name="row">Which row.</param>
    /// <param name="drawn">The token that was drawn.</param>
    /// <param name="top">Written.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    private static void FindTop<TLanes>(HeadLogits logits, int row, int drawn, TopTokens top, float* scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int vocab = logits.Vocab;
        int blocks = SoftmaxRow.Blocks(vocab);
        float* maxima = scratch;
        float* sums = scratch + SoftmaxRow.Padded(blocks);
        for (int block = 0; block < blocks; block++)
        {
            int first = block * SoftmaxRow.BlockLength;
            SoftmaxRow.Block<TLanes>(logits.At(row, first), Math.Min(SoftmaxRow.BlockLength, vocab - first), 1, maxima + block, sums + block, null);
        }
        RowStatistics all = SoftmaxRow.Combine<TLanes>(blocks, maxima, sums, null);
        top.Drawn = SoftmaxRow.LogProb(*logits.At(row, drawn), 1, all.Max, all.LogSum);

        // Kept in order by insertion; a block whose largest logit would not enter is passed over.
        Span<int> ids = top.AllIds;
        Span<float> best = top.AllLogProbs;
        int found = 0;
        for (int block = 0; block < blocks && top.Most > 0; block++)
        {
            if (found == top.Most && maxima[block] <= best[^1])
                continue;
            int first = block * SoftmaxRow.BlockLength;
            float* z = logits.At(row, first);
            int length = Math.Min(SoftmaxRow.BlockLength, vocab - first);
            for (int i = 0; i < length; i++)
            {
                if (found == top.Most && z[i] <= best[^1])
                    continue;
                int place = found < top.Most ? found++ : found - 1;
                for (; place > 0 && z[i] > best[place - 1]; place--)
                    (ids[place], best[place]) = (ids[place - 1], best[place - 1]);
                (ids[place], best[place]) = (first + i, z[i]);
            }
        }
        for (int i = 0; i < found; i++)
            best[i] = SoftmaxRow.LogProb(best[i], 1, all.Max, all.LogSum);
        top.Found = found;
    }
}
