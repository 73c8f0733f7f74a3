using System.Runtime.InteropServices;

namespace Cerise.Training.Runs;

/// <summary>A run folder or one of its files that cannot be used or written. The message says what, where and how to go on.</summary>
/// <param name="message">What happened, where, and how to fix it.</param>
/// <param name="cause">The error behind it, if there is one.</param>
public sealed class RunException(string message, Exception? cause = null) : Exception(MessageText.Bounded(message), cause)
{
    /// <summary>Whether an error is the file system's: a full disk, a missing permission, a broken medium.</summary>
    internal static bool IsFileError(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>The exception for a file of a run that is not what the run wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="error">What is wrong with it.</param>
    internal static RunException Damaged(string path, Exception error) =>
        new($"{path}: cannot be read: {MessageText.Bounded(error.Message).TrimEnd('.')}. Was it edited? Restore it, or start another run with --out.", error);

    /// <summary>The exception for a failed write.</summary>
    /// <param name="path">What was to be written.</param>
    /// <param name="error">The file system's error.</param>
    internal static RunException Writing(string path, Exception error)
    {
        string reason = IsDiskFull(error)
            ? "the disk is full. Free some space, then run the same command with --resume"
            : error is UnauthorizedAccessException
                ? "writing is not permitted. Check who owns the folder, or name another one with --out"
                : $"{error.Message.TrimEnd('.')}. Check the disk, or name another folder with --out";
        return new RunException($"{path}: cannot be written: {reason}. What was there before is unchanged.", error);
    }

    // On Unix .NET passes on errno, on Windows the low half of HResult is the system's code.
    private static bool IsDiskFull(Exception error) => RuntimeInformation.IsOSPlatform(OSPlatform.Windows)
        ? (error.HResult & 0xFFFF) is 39 or 112
        : error.HResult is 28 or 122 or 69;                                 // ENOSPC, EDQUOT on Linux and on macOS
}
