using Microsoft.Win32.SafeHandles;

namespace Cerise.Models.Checkpoints;

/// <summary>A file opened for reads at any place, by any number of threads; every failure is a <see cref="CheckpointException"/>.</summary>
internal sealed class RandomAccessFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private RandomAccessFile(string path, SafeFileHandle handle, long length)
    {
        Path = path;
        _handle = handle;
        Length = length;
    }

    public string Path { get; }

    public long Length { get; }

    public static RandomAccessFile Open(string path)
    {
        SafeFileHandle? handle = null;
        try
        {
            PlainFile.Require(path);
            handle = File.OpenHandle(path);
            return new RandomAccessFile(path, handle, RandomAccess.GetLength(handle));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            handle?.Dispose();
            string problem = error is FileNotFoundException or DirectoryNotFoundException
                ? "does not exist. Check the path; a checkpoint is complete only with all its files."
                : $"cannot be opened ({error.Message}). Check that it is a file you may read.";
            throw new CheckpointException(path, problem, error);
        }
    }

    public void ReadExactly(Span<byte> destination, long offset)
    {
        try
        {
            while (destination.Length > 0)
            {
                int read = RandomAccess.Read(_handle, destination, offset);
                if (read == 0)
                    throw new CheckpointException(Path, "ended early: it became shorter after it was opened. Is something else writing to it?");
                destination = destination[read..];
                offset += read;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException(Path, $"cannot be read ({error.Message}). Check the disk.", error);
        }
    }

    public void Dispose() => _handle.Dispose();
}
