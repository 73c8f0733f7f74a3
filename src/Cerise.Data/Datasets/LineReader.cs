namespace Cerise.Data.Datasets;

/// <summary>Splits a stream into lines, with their places; holds no more than one line and a block.</summary>
internal sealed class LineReader(Stream stream, string file, int maxRowBytes)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _offset;                                                  // of _start in the stream
    private bool _ended;

    /// <summary>Number of the current line, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Bytes from the start of the stream to the current line.</summary>
    public long Offset { get; private set; }

    /// <summary>The next line without its line break; the first one without a byte order mark. False at the end.</summary>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        int searched = 0, length;
        while ((length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n')) < 0)
        {
            searched = _end - _start;
            RequireShort(searched);
            if (_ended || !Fill())
                break;
        }
        if (length < 0 && searched == 0)
        {
            line = default;
            return false;
        }
        int taken = length < 0 ? searched : searched + length + 1;
        line = _buffer.AsSpan(_start, length < 0 ? searched : searched + length);
        RequireShort(line.Length);
        Number++;
        Offset = _offset;
        _start += taken;
        _offset += taken;
        if (Number == 1)
            line = WithoutMark(line);
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        return true;
    }

    private void RequireShort(int length)
    {
        if (length > maxRowBytes)
            throw new DatasetException(file, Number + 1, 0, $"is longer than {maxRowBytes} bytes. Is this a JSON lines file?");
    }

    private ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> line)
    {
        if (line is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            throw new DatasetException(file, 1, 1, "is UTF-16. Save the file as UTF-8.");
        if (!line.StartsWith("\uFEFF"u8))
            return line;
        Offset += 3;
        return line[3..];
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, (int)Math.Min(2L * _buffer.Length, Array.MaxLength));
        int read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
        return !_ended;
    }
}
