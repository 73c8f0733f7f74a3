using Cerise.Tensors;

namespace Cerise.Training.Runs;

/// <summary>Where a stage's time went: one entry of <c>timings.json</c>. Of a stage that was resumed, the part since.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="KernelSeconds">Of it, inside the engine's kernels.</param>
/// <param name="Kernels">Each kernel's calls and seconds, the costliest first.</param>
public sealed record StageTime(string Stage, double Seconds, double KernelSeconds, IReadOnlyList<KernelTime> Kernels)
{
    /// <summary>Share of the wall time that is spent inside kernels.</summary>
    public double KernelShare => Seconds > 0 ? KernelSeconds / Seconds : 0;
}
