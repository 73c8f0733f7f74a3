namespace Cerise.Data.Datasets;

/// <summary>
/// The lines of a JSON lines file that are not empty, unpacked where it is compressed; every failure of the file is a <see cref="DatasetException"/>.
/// </summary>
internal sealed class JsonlLines(Stream stream, string file, ReadOptions options, bool isPlain) : IDisposable
{
    private readonly LineReader _reader = new(stream, file, options.MaxRowBytes);
    private byte[] _line = [];
    private int _length;

    /// <summary>Whether offsets are places in a file: in what is compressed, or comes through a pipe, they are not.</summary>
    public bool IsPlain => isPlain;

    /// <summary>Number of the current line, from 1.</summary>
    public long Number => _reader.Number;

    /// <summary>Bytes from the start of the unpacked file to the current line.</summary>
    public long Offset => _reader.Offset;

    /// <summary>The current line, without line break; valid until the next.</summary>
    public ReadOnlySpan<byte> Current => _line.AsSpan(0, _length);

    public static JsonlLines Open(string path, ReadOptions options)
    {
        (Stream content, bool isPlain) = InputFile.Open(path, options);
        return new JsonlLines(content, path, options, isPlain);
    }

    /// <summary>Goes to the next line that is not empty.</summary>
    public bool Next()
    {
        try
        {
            while (_reader.Next(out ReadOnlySpan<byte> line))
            {
                if (line.IndexOfAnyExcept(" \t\r"u8) < 0)
                    continue;
                if (_line.Length < line.Length)
                    _line = new byte[Math.Max(line.Length, 2 * _line.Length)];
                line.CopyTo(_line);
                _length = line.Length;
                return true;
            }
            return false;
        }
        catch (Exception error) when (InputFile.IsReadingError(error))
        {
            throw InputFile.Fault(file, _reader.Number + 1, error);
        }
    }

    public void Dispose() => stream.Dispose();
}
