namespace Cerise.Training.Runs;

/// <summary>Writes a folder whole or not at all: beside its place, flushed to disk, then renamed.</summary>
public static class AtomicFolder
{
    /// <summary>Writes a folder, such as a model's.</summary>
    /// <param name="path">Where; a folder that is there already is replaced.</param>
    /// <param name="write">Writes the files into the folder it is given, which is not yet
    /// <paramref name="path"/>. What it throws passes through, and nothing of it stays.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted; the folder is as it was.</exception>
    public static void Write(string path, Action<string> write) => Write(path, write, null);

    /// <param name="path">Where; a folder that is there already is replaced.</param>
    /// <param name="write">Writes the files.</param>
    /// <param name="beforeStep">Called before each operation with its name: where a kill could strike.</param>
    internal static void Write(string path, Action<string> write, Action<string>? beforeStep)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string parent = Path.GetDirectoryName(full)!;
        string temporary = Path.Combine(parent, $".{Path.GetFileName(full)}.tmp");
        string old = Path.Combine(parent, $".{Path.GetFileName(full)}.old");
        try
        {
            beforeStep?.Invoke($"create {temporary}");
            Delete(temporary);
            Directory.CreateDirectory(temporary);
            write(temporary);
            beforeStep?.Invoke($"flush {temporary}");
            DiskSync.Tree(temporary);
            if (Directory.Exists(full))
            {
                Delete(old);
                beforeStep?.Invoke($"rename {full} to {old}");
                Directory.Move(full, old);
            }
            beforeStep?.Invoke($"rename to {full}");
            Directory.Move(temporary, full);
            beforeStep?.Invoke($"flush {parent}");
            DiskSync.Folder(parent);
            beforeStep?.Invoke($"delete {old}");
            Delete(old);
        }
        catch (Exception error)
        {
            TryDelete(temporary);
            if (RunException.IsFileError(error))
                throw RunException.Writing(path, error);
            throw;
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static void TryDelete(string folder)
    {
        try
        {
            Delete(folder);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            // The first error is the one to report.
        }
    }
}
