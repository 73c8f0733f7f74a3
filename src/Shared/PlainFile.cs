using System.Runtime.InteropServices;
using System.Text;

namespace Cerise;

/// <summary>Opens files, and nothing but files: a pipe keeps whoever opens it waiting, perhaps for ever, and a device has no end.</summary>
/// <remarks>
/// What a path names is asked of the system before the path is opened. Only Linux is asked; elsewhere a pipe waits as it always does. The exceptions are
/// those of opening, so that a reader wraps them as it wraps a missing file.
/// </remarks>
internal static class PlainFile
{
    private const int TypeBits = 0xF000, NamedPipe = 0x1000, CharacterDevice = 0x2000, Folder = 0x4000, BlockDevice = 0x6000, Socket = 0xC000;

    /// <summary>Refuses what is there and is no file; what is missing, opening will say.</summary>
    /// <exception cref="IOException">A folder, pipe, device or socket.</exception>
    public static void Require(string path) => Refuse(TypeOf(path), "save what it gives as a file first");

    /// <summary>
    /// As <see cref="Require"/>, but for what is read once from beginning to end and so may also come as the shell gives it: through the pipe of a
    /// <c>&lt;(...)</c>, or from standard input by its name. A pipe with a name of its own is refused: whoever opens it may wait for ever.
    /// </summary>
    /// <exception cref="IOException">A folder, named pipe, disk or socket.</exception>
    public static void RequireReadable(string path)
    {
        if (!IsStream(path))
            Refuse(TypeOf(path), "give <(cat PIPE) in its place, or save what it gives as a file first");
    }

    /// <summary>Whether a path is one that <see cref="RequireReadable"/> lets through and that can be read only once.</summary>
    public static bool IsStream(string path) => TypeOf(path) switch
    {
        CharacterDevice => true,
        NamedPipe => Path.GetFullPath(path) is { } full && (full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal)),
        _ => false,
    };

    /// <summary>Opens a file for reading.</summary>
    public static FileStream OpenRead(string path)
    {
        Require(path);
        return File.OpenRead(path);
    }

    /// <summary>All text of a file.</summary>
    public static string ReadAllText(string path)
    {
        Require(path);
        return File.ReadAllText(path);
    }

    private static void Refuse(int type, string insteadOfPipe)
    {
        string? other = type switch
        {
            Folder => "it is a folder, not a file",
            NamedPipe => $"it is a named pipe, not a file; {insteadOfPipe}",
            CharacterDevice or BlockDevice => "it is a device, not a file",
            Socket => "it is a socket, not a file",
            _ => null,
        };
        if (other is not null)
            throw new IOException(other);
    }

    /// <summary>The type bits of what a path names, links followed; 0 where nothing is there or the system does not say.</summary>
    private static int TypeOf(string path)
    {
        if (!OperatingSystem.IsLinux() || path.Length == 0)
            return 0;
        try
        {
            // struct statx is the same on every processor: 256 bytes, the mode at 28.
            byte[] status = new byte[256];
            const int currentFolder = -100;
            const uint typeOnly = 1;
            return Status(currentFolder, Encoding.UTF8.GetBytes(path + '\0'), 0, typeOnly, status) == 0 ? BitConverter.ToUInt16(status, 28) & TypeBits : 0;
        }
        catch (EntryPointNotFoundException)                                // a system older than the call
        {
            return 0;
        }
    }

    [DllImport("libc", EntryPoint = "statx"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Status(int folder, byte[] path, int flags, uint mask, byte[] status);
}
