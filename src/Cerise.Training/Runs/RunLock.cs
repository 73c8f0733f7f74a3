using System.Globalization;

namespace Cerise.Training.Runs;

/// <summary>Keeps a run folder for one process. The system's own file lock: it ends with the process, however that ends.</summary>
/// <remarks>The lock is on <c>run.lock</c>, which stays empty; who holds it stands
/// in <c>run.pid</c>, since a locked file cannot be read everywhere.</remarks>
internal sealed class RunLock : IDisposable
{
    public const string LockFile = "run.lock";
    public const string HolderFile = "run.pid";

    private readonly FileStream _lock;
    private readonly string _holder;

    private RunLock(FileStream held, string holder) => (_lock, _holder) = (held, holder);

    /// <summary>Takes the lock of a folder.</summary>
    /// <exception cref="RunException">Another process holds it, or the folder cannot be written.</exception>
    public static RunLock Take(string folder)
    {
        string path = Path.Combine(folder, LockFile);
        string holder = Path.Combine(folder, HolderFile);
        try
        {
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new RunLock(held, holder);
        }
        catch (IOException error) when (IsHeld(error))
        {
            string pid = File.Exists(holder) ? $"process {File.ReadAllText(holder).Trim()}" : "another process";
            throw new RunException(
                $"{folder}: {pid} is at work in this run folder. Wait for it or stop it, or name another folder with --out.", error);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw RunException.Writing(path, error);
        }
    }

    public void Dispose()
    {
        // The holder's name goes first, while the folder is still ours. The lock file stays: removing it could part two processes onto two files.
        try
        {
            File.Delete(_holder);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            // A stale name does no harm: the lock decides.
        }
        _lock.Dispose();
    }

    // Windows: sharing and lock violation; Unix: EWOULDBLOCK on Linux and macOS.
    private static bool IsHeld(IOException error) => (error.HResult & 0xFFFF) is 32 or 33
        || (!OperatingSystem.IsWindows() && error.HResult is 11 or 35);
}
