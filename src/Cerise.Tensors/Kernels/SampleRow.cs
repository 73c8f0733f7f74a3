using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Draws one token from one row of logits and tells its log-probability; see <see cref="SamplingRow"/> for the order of the settings.</summary>
internal static unsafe class SampleRow
{
    public static (int Id, float LogProb) Draw<TLanes>(float* logits, int vocab, SamplingRow row)
        where TLanes : struct, ILanes<TLanes>
    {
        float inverseTemperature = row.Temperature > 0 ? 1 / row.Temperature : 1;
        (float max, float sum) = SoftmaxRow.Statistics<TLanes>(logits, vocab, inverseTemperature);
        if (float.IsNaN(max) || float.IsNaN(sum))
            throw new ArithmeticException("the logits hold NaN: the weights are damaged or training diverged");
        bool plain = row.RepetitionPenalty == 1 && row.TopK == 0 && row.TopP >= 1 && row.MinP <= 0;
        int id = row.Temperature <= 0 ? Largest(Penalized(logits, vocab, row))
            : plain ? FromAll<TLanes>(logits, vocab, inverseTemperature, max, row.Seed.Uniform(row.Draw))
            : FromTruncated(Penalized(logits, vocab, row), row);
        return (id, SoftmaxRow.LogProb(logits[id], inverseTemperature, max, SoftmaxRow.LogSum(sum)));
    }

    private static int Largest(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best])
                best = i;
        return best;
    }

    // The first token at which the cumulative sum of e^(z - max) exceeds u times the whole sum, both summed in the order of ids.
    private static int FromAll<TLanes>(float* logits, int vocab, float inverseTemperature, float max, double u)
        where TLanes : struct, ILanes<TLanes>
    {
        float* weights = stackalloc float[16];
        TLanes factor = TLanes.Broadcast(inverseTemperature);
        TLanes shift = TLanes.Broadcast(max);
        double total = 0;
        double target = double.PositiveInfinity;
        for (int pass = 0; pass < 2; pass++)
        {
            double cumulative = 0;
            for (int i = 0; i < vocab; i += 16)
            {
                int count = Math.Min(16, vocab - i);
                TLanes z = count == 16 ? TLanes.Load(logits + i) : TLanes.LoadPart(logits + i, count, float.NegativeInfinity);
                TLanes.Store(Elementary.Exp((z * factor) - shift), weights);
                for (int j = 0; j < count; j++)
                {
                    cumulative += weights[j];
                    if (cumulative > target)
                        return i + j;
                }
            }
            total = cumulative;
            target = u * total;
        }
        return Largest(new ReadOnlySpan<float>(logits, vocab));            // u * total rounded up to total: the draw fell on the last rounding error
    }

    private static float[] Penalized(float* logits, int vocab, SamplingRow row)
    {
        float[] copy = new ReadOnlySpan<float>(logits, vocab).ToArray();
        if (row.RepetitionPenalty == 1)
            return copy;
        foreach (int id in row.Penalized.Distinct())
            copy[id] = copy[id] > 0 ? copy[id] / row.RepetitionPenalty : copy[id] * row.RepetitionPenalty;
        return copy;
    }

    private static int FromTruncated(float[] logits, SamplingRow row)
    {
        float inverseTemperature = 1 / row.Temperature;
        int[] order = new int[logits.Length];
        double[] weights = new double[logits.Length];
        float max = logits[Largest(logits)];
        for (int i = 0; i < logits.Length; i++)
        {
            order[i] = i;
            weights[i] = Math.Exp((logits[i] - max) * (double)inverseTemperature);
        }
        Array.Sort(order, (a, b) => logits[a] != logits[b] ? logits[b].CompareTo(logits[a]) : a.CompareTo(b));
        int kept = row.TopK > 0 ? Math.Min(row.TopK, order.Length) : order.Length;
        kept = KeepTopP(order, weights, kept, row.TopP);
        double floor = row.MinP * weights[order[0]];
        while (kept > 1 && weights[order[kept - 1]] < floor)
            kept--;
        double total = 0;
        for (int i = 0; i < kept; i++)
            total += weights[order[i]];
        double target = row.Seed.Uniform(row.Draw) * total;
        double cumulative = 0;
        for (int i = 0; i < kept; i++)
        {
            cumulative += weights[order[i]];
            if (cumulative > target)
                return order[i];
        }
        return order[0];
    }

    // The smallest number of leading tokens whose share of the kept ones reaches p.
    private static int KeepTopP(int[] order, double[] weights, int kept, float p)
    {
        if (p >= 1)
            return kept;
        double total = 0;
        for (int i = 0; i < kept; i++)
            total += weights[order[i]];
        double cumulative = 0;
        for (int i = 0; i < kept; i++)
        {
            cumulative += weights[order[i]];
            if (cumulative >= p * total)
                return i + 1;
        }
        return kept;
    }
}
