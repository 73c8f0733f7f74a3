using Cerise.Training.Benchmarks;

namespace Cerise.Training.Tests.Benchmarks;

public sealed class LastLevelCacheTests
{
    [Fact]
    public void The_largest_cache_counts()
    {
        string folder = Directory.CreateTempSubdirectory("cerise-cache-").FullName;
        foreach ((string index, string size) in new[] { ("index0", "48K"), ("index3", "32M"), ("index2", "1024K") })
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, index)).FullName, "size"), size + "\n");
        Assert.Equal(32L << 20, LastLevelCache.Find(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_system_that_does_not_say_gets_a_usual_size() =>
        Assert.Equal(32L << 20, LastLevelCache.Find(Path.Combine(Path.GetTempPath(), "there-is-no-such-folder-of-caches")));
}
