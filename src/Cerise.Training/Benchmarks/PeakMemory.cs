using System.Diagnostics;
using System.Globalization;

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

    /// <summary>Lets the peak begin at what is resident now. Linux alone can.</summary>
    public static void Reset()
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            File.WriteAllText(ClearReferences, "5");                       // man 5 proc: resets the peak
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A sandbox may refuse: the peak is then that of the whole process, which is documented.
        }
    }
}
