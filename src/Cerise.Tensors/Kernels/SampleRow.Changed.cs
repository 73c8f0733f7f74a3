using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Draws from a distribution that a penalty or a truncation has changed.</summary>
internal static unsafe partial class SampleRow
{
    /// <summary>Numbers of scratch memory a worker needs for a row that is not plain: its logits, and a sorting key of two numbers for each token.</summary>
    public static long ScratchLength(int vocab) => 3L * SoftmaxRow.Padded(vocab);

    private static int FromChanged<TLanes>(HeadLogits logits, int row, in SamplingRow how, float* scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int vocab = logits.Vocab;
        ulong* keys = (ulong*)scratch;
        float* weights = scratch + (2 * (nint)SoftmaxRow.Padded(vocab));
        CopyPenalized(logits, row, how, weights);
        how.Changes?.Apply(weights, vocab);
        int best = Largest(weights, vocab);
        if (weights[best] == float.NegativeInfinity)
            throw new ArithmeticException("no token is both allowed and possible");
        if (how.Temperature <= 0)
            return best;
        if (how.KeepsAll)
            return FromWeights(weights, vocab, how, ToWeights<TLanes>(weights, vocab, how.InverseTemperature, weights[best]), best);
        (float leastLogit, double total) = (LeastLogit(how, vocab, weights[best]), 0);
        int count = 0;
        for (int id = 0; id < vocab; id++)
            if (weights[id] >= leastLogit)
                keys[count++] = Key(weights[id], id);
        total = ToWeights<TLanes>(weights, vocab, how.InverseTemperature, weights[best]);

        // Likeliest first, the lower id at a tie; then every truncation keeps a beginning of the list.
        Span<ulong> order = new(keys, count);
        int kept = count;
        if (how.TopK > 0 && how.TopK < count)
        {
            kept = how.TopK;
            MoveSmallestToFront(order, kept);
        }
        order[..kept].Sort();
        if (how.TopK > 0)
            total = Total(order[..kept], weights);
        kept = KeepTopP(order[..kept], weights, total, how.TopP);
        float floor = how.MinP * weights[Id(order[0])];
        while (kept > 1 && weights[Id(order[kept - 1])] < floor)
            kept--;
        double target = how.Seed.Uniform(how.Draw) * Total(order[..kept], weights);
        double cumulative = 0;
        foreach (ulong key in order[..kept])
        {
            cumulative += weights[Id(key)];
            if (cumulative > target)
                return Id(key);
        }
        return best;                                                       // the draw fell on the last rounding error
    }

    // Without truncation nothing needs an order: by inverse cumulative distribution along the ids.
    private static int FromWeights(float* weights, int vocab, in SamplingRow how, double total, int best)
    {
        double target = how.Seed.Uniform(how.Draw) * total;
        double cumulative = 0;
        for (int id = 0; id < vocab; id++)
        {
            cumulative += weights[id];
            if (cumulative > target)
                return id;
        }
        return best;                                                       // the draw fell on the last rounding error
    }

    // Tokens below this logit cannot be kept, so they need not be sorted. Top-p: all that are less than (1 - p) / vocab times as likely as the likeliest
    // add up to less than 1 - p of the whole. Half a unit more, so that rounding cannot matter.
    private static float LeastLogit(in SamplingRow how, int vocab, float max)
    {
        if (how.TopK > 0)
            return float.MinValue;                                         // all that are possible
        double least = how.TopP < 1 ? (1.0 - how.TopP) / vocab : how.MinP;
        return least > 0 ? (float)(max + ((Math.Log(least) - 0.5) * how.Temperature)) : float.MinValue;
    }

    private static void CopyPenalized(HeadLogits logits, int row, in SamplingRow how, float* target)
    {
        for (int strip = 0; strip < logits.Strips; strip++)
        {
            int width = logits.Width(strip);
            new ReadOnlySpan<float>(logits.At(row, logits.First(strip)), width).CopyTo(new Span<float>(target + logits.First(strip), width));
        }
        if (how.RepetitionPenalty == 1)
            return;

        // Each token once, however often it occurs: from the logits themselves, not from what an earlier turn left.
        for (int i = 0; i < how.Penalized.Count; i++)
        {
            int id = how.Penalized[i];
            float z = *logits.At(row, id);
            target[id] = z > 0 ? z / how.RepetitionPenalty : z * how.RepetitionPenalty;
        }
    }

    private static int Largest(float* logits, int vocab)
    {
        int best = 0;
        for (int i = 1; i < vocab; i++)
            if (logits[i] > logits[best])
                best = i;
        return best;
    }

    // Logits to e^((logit - max) / temperature), in their place; returns their sum.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static double ToWeights<TLanes>(float* logits, int vocab, float inverseTemperature, float max)
        where TLanes : struct, ILanes<TLanes>
    {
        double total = 0;
        for (int i = 0; i < vocab; i += Group)
        {
            int count = Math.Min(Group, vocab - i);
            TLanes z = count == Group ? TLanes.Load(logits + i) : TLanes.LoadPart(logits + i, count, float.NegativeInfinity);
            TLanes weights = Elementary.ExpOfNonPositive((z - TLanes.Broadcast(max)) * TLanes.Broadcast(inverseTemperature));
            total += TLanes.Sum(weights);
            if (count == Group)
                TLanes.Store(weights, logits + i);
            else
                TLanes.StorePart(weights, logits + i, count);
        }
        return total;
    }

    // Ascending keys are descending logits, and ascending ids at a tie (0 and -0 tie).
    private static ulong Key(float logit, int id)
    {
        uint bits = BitConverter.SingleToUInt32Bits(logit == 0 ? 0 : logit);
        uint ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    private static int Id(ulong key) => (int)(uint)key;

    private static double Total(ReadOnlySpan<ulong> order, float* weights)
    {
        double total = 0;
        foreach (ulong key in order)
            total += weights[Id(key)];
        return total;
    }

    // The smallest number of leading tokens whose share of the total reaches p.
    private static int KeepTopP(ReadOnlySpan<ulong> order, float* weights, double total, float p)
    {
        if (p >= 1)
            return order.Length;
        double cumulative = 0;
        for (int i = 0; i < order.Length; i++)
        {
            cumulative += weights[Id(order[i])];
            if (cumulative >= p * total)
                return i + 1;
        }
        return order.Length;
    }

    // Hoare's selection: afterwards the smallest `count` of the keys, which are all different, stand first, in any order.
    private static void MoveSmallestToFront(Span<ulong> keys, int count)
    {
        (int low, int high) = (0, keys.Length - 1);
        while (low < high)
        {
            ulong pivot = keys[low + ((high - low) / 2)];
            (int i, int j) = (low, high);
            while (i <= j)
            {
                while (keys[i] < pivot)
                    i++;
                while (keys[j] > pivot)
                    j--;
                if (i > j)
                    break;
                (keys[i], keys[j]) = (keys[j], keys[i]);
                i++;
                j--;
            }
            if (count - 1 <= j)
                high = j;
            else if (count - 1 >= i)
                low = i;
            else
                return;
        }
    }
}
