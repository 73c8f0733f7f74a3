using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Setting and copying memory, shared out: one core alone does not reach the machine's bandwidth.</summary>
internal static unsafe class Memory
{
    /// <summary>Numbers an item takes: 256 KB.</summary>
    public const int LengthPerItem = 1 << 16;

    /// <summary>target[i] = value.</summary>
    public readonly struct FillJob(long length, float* target, float value) : IJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * LengthPerItem;
            new Span<float>(target + first, (int)Math.Min(LengthPerItem, length - first)).Fill(value);
        }
    }

    /// <summary>target[i] = source[i]; the two do not overlap.</summary>
    public readonly struct CopyJob(long length, float* source, float* target) : IJob
    {
        public void Run(int item, int worker)
        {
            long first = (long)item * LengthPerItem;
            int count = (int)Math.Min(LengthPerItem, length - first);
            new ReadOnlySpan<float>(source + first, count).CopyTo(new Span<float>(target + first, count));
        }
    }
}
