using System.Text.Json;

namespace Cerise.Training.Runs;

/// <summary>What a checkpoint must consist of: <c>manifest.json</c> in its folder.</summary>
internal sealed record CheckpointManifest
{
    public const string FileName = "manifest.json";

    public required string Stage { get; init; }

    public required long Step { get; init; }

    /// <summary>Every other file of the folder.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>Lengths of the run's logs when the checkpoint was saved: a resumed run cuts them to these.</summary>
    public required IReadOnlyDictionary<string, long> Logs { get; init; }

    /// <summary>Checksum of this manifest with 0 in this place.</summary>
    public uint Checksum { get; init; }

    /// <summary>Lists the files of a folder.</summary>
    public static CheckpointManifest Of(string folder, string stage, long step, IReadOnlyDictionary<string, long> logs)
    {
        var files = new List<ManifestFile>();
        foreach (string path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using FileStream stream = PlainFile.OpenRead(path);
            files.Add(new ManifestFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), stream.Length, Crc32C.Of(stream)));
        }
        var manifest = new CheckpointManifest { Stage = stage, Step = step, Files = files, Logs = logs };
        return manifest with { Checksum = manifest.OwnChecksum() };
    }

    /// <summary>Reads and checks a folder.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="damage">What is wrong, or empty.</param>
    /// <returns>The manifest, or null when anything is wrong.</returns>
    public static CheckpointManifest? Check(string folder, out string damage)
    {
        try
        {
            CheckpointManifest? manifest = RunJson.Read<CheckpointManifest>(Path.Combine(folder, FileName));
            damage = manifest is null ? $"{FileName} is missing" : manifest.Damage(folder);
            return damage.Length == 0 ? manifest : null;
        }
        catch (Exception error) when (error is RunException || RunException.IsFileError(error))
        {
            damage = error is RunException { InnerException: { } cause } ? $"{FileName}: {cause.Message}" : error.Message;
            return null;
        }
    }

    private string Damage(string folder)
    {
        if (Files is null || Logs is null || Checksum != (this with { Checksum = 0 }).OwnChecksum())
            return $"{FileName} does not match its own checksum";
        foreach (ManifestFile file in Files)
        {
            string path = Path.Combine(folder, file.Name);
            if (!File.Exists(path))
                return $"{file.Name} is missing";
            using FileStream stream = PlainFile.OpenRead(path);
            if (stream.Length != file.Length)
                return $"{file.Name} is {stream.Length} bytes, {file.Length} were saved";
            if (Crc32C.Of(stream) != file.Checksum)
                return $"{file.Name} does not match its checksum";
        }
        return "";
    }

    private uint OwnChecksum() => Crc32C.Of(JsonSerializer.SerializeToUtf8Bytes(this, RunJson.Options));

    /// <summary>A file of a checkpoint.</summary>
    /// <param name="Name">Path inside the folder, with '/'.</param>
    /// <param name="Length">Bytes.</param>
    /// <param name="Checksum">CRC-32C of the content.</param>
    internal sealed record ManifestFile(string Name, long Length, uint Checksum);
}
