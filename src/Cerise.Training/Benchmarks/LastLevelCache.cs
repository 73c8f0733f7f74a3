using System.Globalization;

namespace Cerise.Training.Benchmarks;

/// <summary>The largest cache of the machine, as the system reports it.</summary>
internal static class LastLevelCache
{
    // What most processors of the last years have, where the system does not say.
    private const long Usual = 32L << 20;

    /// <summary>Its size in bytes.</summary>
    public static long Bytes { get; } = Find("/sys/devices/system/cpu/cpu0/cache");

    /// <summary>The largest size among the caches that a folder of Linux's sysfs lists.</summary>
    internal static long Find(string folder)
    {
        try
        {
            return Directory.EnumerateDirectories(folder, "index*").Select(index => Parse(File.ReadAllText(Path.Combine(index, "size")))).Max();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return Usual;
        }
    }

    // 32768K
    private static long Parse(string text)
    {
        string size = text.Trim();
        int shift = size[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.Parse(shift == 0 ? size : size[..^1], CultureInfo.InvariantCulture) << shift;
    }
}
