namespace Cerise;

/// <summary>A file written beside its final place and moved there when complete; until then the old one stays as it was.</summary>
internal sealed class FileBeside : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _published;

    /// <summary>Starts a file; its folder is made when missing.</summary>
    /// <param name="path">Where the file will be.</param>
    /// <param name="length">Bytes it will take: reserved at once, so that a full disk shows before anything is computed; 0 when not known.</param>
    public FileBeside(string path, long length = 0)
    {
        _path = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(_path)!;
        Directory.CreateDirectory(folder);
        _temporary = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Environment.ProcessId}.tmp");
        _stream = new FileStream(_temporary, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            Share = FileShare.None,
            PreallocationSize = length,
            BufferSize = 64 * 1024,
        });
    }

    /// <summary>Takes the content.</summary>
    public Stream Stream => _stream;

    /// <summary>Writes a whole file.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file; an earlier one is unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; an earlier one is unchanged.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileBeside(path, content.Length);
        file.Stream.Write(content);
        file.Complete();
        file.Publish();
    }

    /// <summary>Writes everything through to the disk and closes the stream; the file is not yet in its place.</summary>
    public void Complete()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
    }

    /// <summary>Moves the completed file to its place.</summary>
    public void Publish()
    {
        File.Move(_temporary, _path, overwrite: true);
        _published = true;
    }

    /// <summary>Removes what was written unless it was published.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        finally
        {
            if (!_published)
                File.Delete(_temporary);
        }
    }
}
