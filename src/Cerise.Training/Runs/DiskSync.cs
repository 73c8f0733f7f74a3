using System.Runtime.InteropServices;
using System.Text;

namespace Cerise.Training.Runs;

/// <summary>Makes files and folders durable: after it returns, a power cut does not undo what was written.</summary>
internal static class DiskSync
{
    /// <summary>Flushes every file below a folder, then the folders themselves.</summary>
    public static void Tree(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
        foreach (string inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
            Folder(inner);
        Folder(folder);
    }

    /// <summary>Flushes a folder's list of names, so that a rename in it lasts. Does nothing on Windows, where a rename is journaled.</summary>
    /// <remarks>Not every file system can do this; a refusal is ignored, as the rename itself has happened.</remarks>
    public static void Folder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int descriptor = Open(Encoding.UTF8.GetBytes(folder + '\0'), 0);    // O_RDONLY; .NET itself opens no folders
        if (descriptor < 0)
            return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [DllImport("libc", EntryPoint = "open"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
