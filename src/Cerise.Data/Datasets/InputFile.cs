namespace Cerise.Data.Datasets;

/// <summary>Opens files of rows, and says what is wrong with them.</summary>
internal static class InputFile
{
    /// <summary>The content of a file, unpacked where it is compressed.</summary>
    /// <exception cref="DatasetException">The file is missing or may not be read.</exception>
    public static (Stream Content, bool IsGzip) Open(string path, ReadOptions options)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            bool isGzip = file.CanSeek && GzipInput.IsGzip(file);
            return (isGzip ? GzipInput.Unpack(file, options) : file, isGzip);
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
