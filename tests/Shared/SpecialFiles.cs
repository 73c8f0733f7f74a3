using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Cerise.Testing;

/// <summary>What paths can name beside files; Linux only, the calling test is skipped elsewhere.</summary>
internal static class SpecialFiles
{
    /// <summary>A named pipe that nobody writes into: whoever opens it waits for ever.</summary>
    public static string NamedPipe(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "named pipes are made, and found out, only on Linux");
        Assert.Equal(0, MakeFifo(Encoding.UTF8.GetBytes(path + '\0'), 0x180));          // rw-------
        return path;
    }

    /// <summary>A socket that somebody listens on, until the result is disposed.</summary>
    public static IDisposable Socket(string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sockets have paths only on Unix");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    [DllImport("libc", EntryPoint = "mkfifo"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo(byte[] path, uint mode);
}
