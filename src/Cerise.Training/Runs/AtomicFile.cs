using System.Text;

namespace Cerise.Training.Runs;

/// <summary>Writes a file whole or not at all: beside its place, flushed to disk, then renamed over what was there.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">Where; its folder is made if it is missing.</param>
    /// <param name="write">Writes the content. What it throws passes through, and nothing of it stays.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted; the file is as it was.</exception>
    public static void Write(string path, Action<Stream> write) => Write(path, write, null);

    /// <summary>Writes text as UTF-8.</summary>
    /// <param name="path">Where; its folder is made if it is missing.</param>
    /// <param name="text">The content.</param>
    /// <exception cref="RunException">The disk is full, or writing is not permitted; the file is as it was.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <param name="path">Where; its folder is made if it is missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="beforeStep">Called before each operation with its name: where a kill could strike.</param>
    internal static void Write(string path, Action<Stream> write, Action<string>? beforeStep)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(write);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.tmp");
        try
        {
            beforeStep?.Invoke($"create {temporary}");
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush();
                beforeStep?.Invoke($"flush {temporary}");
                stream.Flush(flushToDisk: true);
            }
            beforeStep?.Invoke($"rename to {path}");
            File.Move(temporary, path, overwrite: true);
            beforeStep?.Invoke($"flush {folder}");
            DiskSync.Folder(folder);
        }
        catch (Exception error)
        {
            TryDelete(temporary);
            if (RunException.IsFileError(error))
                throw RunException.Writing(path, error);
            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            // The first error is the one to report.
        }
    }
}
