using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Cerise.Tensors.Numerics;

/// <summary>Hints to the memory system; they change speed, never a result.</summary>
internal static unsafe class Prefetch
{
    /// <summary>Asks for the cache line at <paramref name="place"/>, which need not exist, to be brought into the second-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Far(void* place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(place);
    }

    /// <summary>Asks for the cache line at <paramref name="place"/>, which need not exist, to be brought into the first-level cache.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Near(void* place)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(place);
    }
}
