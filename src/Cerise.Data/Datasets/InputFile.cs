namespace Cerise.Data.Datasets;

/// <summary>Opens files of rows, and says what is wrong with them.</summary>
internal static class InputFile
{
    /// <summary>The content of a file or pipe, unpacked where it is compressed.</summary>
    /// <returns>The content, and whether it lies on the disk as it is read, so that any part of it can be read again.</returns>
    /// <exception cref="DatasetException">The file is missing or may not be read.</exception>
    public static (Stream Content, bool IsPlain) Open(string path, ReadOptions options)
    {
        FileStream? file = null;
        try
        {
            PlainFile.RequireReadable(path);
            file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            byte[] begin = new byte[2];
            begin = begin[..file.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false)];
            bool isGzip = GzipInput.IsMagic(begin);
            Stream content = file;
            if (file.CanSeek)
                file.Position = 0;
            else
                content = new ConcatenatedStream(new MemoryStream(begin), file);
            return (isGzip ? GzipInput.Unpack(content, options) : content, file.CanSeek && !isGzip);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            file?.Dispose();
            string problem = error is FileNotFoundException or DirectoryNotFoundException
                ? "does not exist. Check the path."
                : $"cannot be opened ({error.Message}). Check that it is a file you may read.";
            throw new DatasetException(path, 0, 0, problem, error);
        }
    }

    /// <summary>Whether an exception comes from reading the content; <see cref="Fault"/> then says what it means.</summary>
    public static bool IsReadingError(Exception error) => error is IOException or UnauthorizedAccessException or InvalidDataException;

    /// <summary>A failure to read on.</summary>
    public static DatasetException Fault(string file, long line, Exception error)
        => new(file, line, 0, error is InvalidDataException ? error.Message : $"cannot be read ({error.Message}).", error);
}
