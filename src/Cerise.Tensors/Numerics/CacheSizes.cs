using System.Globalization;

namespace Cerise.Tensors.Numerics;

/// <summary>Sizes of the processor's data caches in bytes, as the system reports them; usual ones where it does not. They choose block sizes, which change speed and never a result.</summary>
/// <param name="FirstLevel">Of one core.</param>
/// <param name="SecondLevel">Of one core.</param>
/// <param name="LastLevel">The largest one.</param>
public sealed record CacheSizes(long FirstLevel, long SecondLevel, long LastLevel)
{
    /// <summary>This machine's.</summary>
    public static CacheSizes Here { get; } = Find("/sys/devices/system/cpu/cpu0/cache");

    /// <summary>The sizes that a folder of Linux's sysfs lists.</summary>
    public static CacheSizes Find(string folder)
    {
        Dictionary<int, long> sizes = new() { [1] = 32 << 10, [2] = 512 << 10, [3] = 32 << 20 };
        try
        {
            foreach (string index in Directory.EnumerateDirectories(folder, "index*"))
                if (Read(index, "type") != "Instruction")
                    sizes[int.Parse(Read(index, "level"), CultureInfo.InvariantCulture)] = Parse(Read(index, "size"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
        }
        return new CacheSizes(sizes[1], sizes[2], sizes.Values.Max());
    }

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(folder, file)).Trim();

    // 32768K
    private static long Parse(string size)
    {
        int shift = size.Length == 0 ? 0 : size[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.Parse(shift == 0 ? size : size[..^1], CultureInfo.InvariantCulture) << shift;
    }
}
