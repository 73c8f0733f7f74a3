using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Cerise.Training.Benchmarks;

/// <summary>The largest resident memory of this process.</summary>
internal static class PeakMemory
{
    private const string Status = "/proc/self/status";
    private const string ClearReferences = "/proc/self/clear_refs";

    /// <summary>Bytes since <see cref="Reset"/>; since the start of the process where the system cannot begin anew.</summary>
    public static long Bytes
    {
        get
        {
            if (File.Exists(Status))
                foreach (string line in File.ReadLines(Status))
                    if (line.StartsWith("VmHWM:", StringComparison.Ordinal))
                        return long.Parse(line["VmHWM:".Length..^"kB".Length].Trim(), CultureInfo.InvariantCulture) << 10;
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>Gives back memory that earlier work has freed, and lets the peak begin at what is then resident. Linux alone can.</summary>
    public static void Reset()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not every C library keeps what is freed, and can give it back.
        }
        try
        {
            File.WriteAllText(ClearReferences, "5");                       // man 5 proc: resets the peak
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sandbox may refuse: the peak is then that of the whole process, as documented.
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimHeap(nuint keep);
}
