namespace Cerise.Testing;

/// <summary>Where tests find the repository and the optional real data beside it.</summary>
internal static class TestPaths
{
    /// <summary>The repository's root: the nearest folder above the test binary that holds Cerise.slnx.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A file of the real data kept beside the repository; the calling test is skipped with a reason where it is absent.</summary>
    public static string SharedData(string relative)
    {
        string root = Environment.GetEnvironmentVariable("CERISE_SHARED_DATA") ?? Path.Combine(Repository, "..", "shared", "data");
        string path = Path.GetFullPath(Path.Combine(root, relative));
        if (!File.Exists(path) && !Directory.Exists(path))
            Assert.Skip($"real data not found: shared/data/{relative} (set CERISE_SHARED_DATA to its folder)");
        return path;
    }

    /// <summary>A new empty folder under the system's temporary folder, deleted when disposed.</summary>
    public static TemporaryFolder NewFolder() => new();

    private static string FindRepository()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Cerise.slnx")))
                return folder;
        throw new InvalidOperationException($"no Cerise.slnx above {AppContext.BaseDirectory}");
    }
}

/// <summary>A folder that is deleted with everything in it when disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("cerise-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
