namespace Cerise.Training.Benchmarks;

/// <summary>What the machine could do at most around a measurement; medians of bursts between its repeats.</summary>
/// <param name="Gflops">FMA peak of the threads that worked, 10^9 operations a second.</param>
/// <param name="GflopsOneThread">The same of one thread.</param>
/// <param name="Memory">Reading memory with the threads that worked, past every cache, 10^9 bytes a second.</param>
/// <param name="MemoryOneThread">The same with one thread.</param>
/// <param name="WorkingSet">Reading as many bytes as the work uses again and again (half a gigabyte at most), 10^9 bytes a second.</param>
public sealed record MachinePeaks(double Gflops, double GflopsOneThread, double Memory, double MemoryOneThread, double WorkingSet);
