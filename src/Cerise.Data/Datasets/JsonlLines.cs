namespace Cerise.Data.Datasets;

/// <summary>
/// The lines of a JSON lines file that are not empty, unpacked where it is compressed; every failure of the file is a <see cref="DatasetException"/>.
/// </summary>
internal sealed class JsonlLines(Stream stream, string file, JsonlOptions options, bool isGzip) : IDisposable
{
    private readonly LineReader _reader = new(stream, file, options.MaxLineBytes);
    private byte[] _line = [];
    private int _length;

    /// <summary>Whether the file is compressed, so that offsets are not places in the file.</summary>
    public bool IsGzip => isGzip;

    /// <summary>Number of the current line, from 1.</summary>
    public long Number => _reader.Number;

    /// <summary>Bytes from the start of the unpacked file to the current line.</summary>
    public long Offset => _reader.Offset;

    /// <summary>The current line, without line break; valid until the next.</summary>
    public ReadOnlySpan<byte> Current => _line.AsSpan(0, _length);

    public static JsonlLines Open(string path, JsonlOptions options)
    {
        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan });
            bool isGzip = file.CanSeek && GzipInput.IsGzip(file);
            return new JsonlLines(isGzip ? GzipInput.Unpack(file) : file, path, options, isGzip);
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

    /// <summary>Goes to the next line that is not empty.</summary>
    public bool Next()
    {
        try
        {
            while (_reader.Next(out ReadOnlySpan<byte> line))
            {
                if (isGzip && _reader.BytesRead > options.MaxDecompressedBytes)
                    throw new DatasetException(file, _reader.Number, 0,
                        $"is beyond the {options.MaxDecompressedBytes} bytes a file may unpack to. If the file is right, unpack it first.");
                if (line.IndexOfAnyExcept(" \t\r"u8) < 0)
                    continue;
                if (isGzip && line.SequenceEqual(GzipInput.EndLine) && !_reader.Next(out _))
                    return false;
                if (_line.Length < line.Length)
                    _line = new byte[Math.Max(line.Length, 2 * _line.Length)];
                line.CopyTo(_line);
                _length = line.Length;
                return true;
            }
        }
        catch (InvalidDataException error)
        {
            throw Cut(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException(file, _reader.Number + 1, 0, $"cannot be read ({error.Message}).", error);
        }
        return isGzip ? throw Cut(null) : false;
    }

    public void Dispose() => stream.Dispose();

    private DatasetException Cut(Exception? error)
        => new(file, _reader.Number, 0, "ends the compressed data too early, or is damaged there. Fetch or compress the file again.", error);
}
