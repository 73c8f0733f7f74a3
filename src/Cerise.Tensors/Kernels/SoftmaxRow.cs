using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Statistics of softmax over one row of logits: the one place where log-probabilities come from, in sampling, scoring and training.</summary>
internal static unsafe class SoftmaxRow
{
    /// <summary>max z and sum of e^(z - max) for z = logits * inverseTemperature.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (float Max, float Sum) Statistics<TLanes>(float* logits, int length, float inverseTemperature)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(inverseTemperature);
        TLanes largest = TLanes.Broadcast(float.NegativeInfinity);
        int body = length / 16 * 16;
        for (int i = 0; i < body; i += 16)
            largest = TLanes.Max(largest, TLanes.Load(logits + i) * factor);
        if (body < length)
            largest = TLanes.Max(largest, TLanes.LoadPart(logits + body, length - body, float.NegativeInfinity) * factor);
        float max = TLanes.MaxLane(largest);
        TLanes shift = TLanes.Broadcast(max);
        TLanes total = TLanes.Zero;
        for (int i = 0; i < body; i += 16)
            total += Elementary.Exp((TLanes.Load(logits + i) * factor) - shift);
        if (body < length)
            total += Elementary.Exp((TLanes.LoadPart(logits + body, length - body, float.NegativeInfinity) * factor) - shift);
        return (max, TLanes.Sum(total));
    }

    /// <summary>ln of the statistics' sum.</summary>
    public static float LogSum(float sum) => (float)Math.Log(sum);

    /// <summary>The log-probability of one token. The maximum goes off first: added to the logarithm it would take the small digits with it, and logits of 1000 would leave log-probabilities 3e-5 off.</summary>
    public static float LogProb(float logit, float inverseTemperature, float max, float logSum) => (logit * inverseTemperature) - max - logSum;

    /// <summary>- sum p ln p = ln(sum e) - sum e (z - max) / sum e, with e = e^(z - max).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Entropy<TLanes>(float* logits, int length, float inverseTemperature, float max, float sum)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(inverseTemperature);
        TLanes shift = TLanes.Broadcast(max);
        TLanes floor = TLanes.Broadcast(-1e4f);                            // e^-10000 is 0: keeps 0 * -infinity out of the sum
        TLanes total = TLanes.Zero;
        for (int i = 0; i < length; i += 16)
        {
            int count = Math.Min(16, length - i);
            TLanes z = count == 16 ? TLanes.Load(logits + i) : TLanes.LoadPart(logits + i, count, float.NegativeInfinity);
            TLanes d = TLanes.Max(floor, (z * factor) - shift);
            total = TLanes.Fma(Elementary.Exp(d), d, total);
        }
        return LogSum(sum) - (TLanes.Sum(total) / sum);
    }
}
