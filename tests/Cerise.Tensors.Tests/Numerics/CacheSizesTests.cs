using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Numerics;

public sealed class CacheSizesTests
{
    [Fact]
    public void Data_caches_are_told_by_level()
    {
        string folder = Directory.CreateTempSubdirectory("cerise-cache-").FullName;
        foreach ((string index, string level, string type, string size) in new[]
        {
            ("index0", "1", "Data", "48K"), ("index1", "1", "Instruction", "64K"), ("index2", "2", "Unified", "1024K"), ("index3", "3", "Unified", "96M"),
        })
        {
            string cache = Directory.CreateDirectory(Path.Combine(folder, index)).FullName;
            File.WriteAllText(Path.Combine(cache, "level"), level + "\n");
            File.WriteAllText(Path.Combine(cache, "type"), type + "\n");
            File.WriteAllText(Path.Combine(cache, "size"), size + "\n");
        }
        Assert.Equal(new CacheSizes(48 << 10, 1 << 20, 96 << 20), CacheSizes.Find(folder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_system_that_does_not_say_gets_usual_sizes() =>
        Assert.Equal(new CacheSizes(32 << 10, 512 << 10, 32 << 20), CacheSizes.Find(Path.Combine(Path.GetTempPath(), "there-is-no-such-folder-of-caches")));
}
