namespace Cerise.Data.Datasets;

/// <summary>Reads a JSON file that is one array of objects, a row at a time: holds no more than a row and a block.</summary>
internal sealed class JsonArrayReader(Stream stream, string file, ReadOptions options)
{
    private const string Hint = "Correct the row, or write one object a line (JSON lines), where each fault shows at its own line.";

    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private long _line = 1;
    private long _number;

    /// <summary>The rows, read as they are asked for, numbered from 1; each counts as standing on the line where it begins.</summary>
    public IEnumerable<Row> Rows()
    {
        SkipMark();
        if (SkipSpace() != '[')
            throw Fault("begins with something else than '['; a JSON file has to be an array of objects.");
        _start++;
        for (bool isFirst = true; ; isFirst = false)
        {
            int next = SkipSpace();
            if (next == ']')
                break;
            if (!isFirst)
            {
                if (next != ',')
                    throw Fault(next < 0 ? "ends before the array does. Is the file complete?" : "has something else than ',' or ']' after a row.");
                _start++;
                next = SkipSpace();
            }
            if (next != '{')
                throw Fault(next < 0 ? "ends before the array does. Is the file complete?" : "has a row that is no object; every row has to be one, {\"column\": value, ...}.");
            yield return ReadRow();
        }
        _start++;
        if (SkipSpace() >= 0)
            throw Fault("goes on after the array's end. Is this JSON lines of arrays?");
    }

    private Row ReadRow()
    {
        int length = 0, depth = 0;
        bool inText = false;
        while (true)
        {
            for (; _start + length < _end; length++)
            {
                byte at = _buffer[_start + length];
                if (inText)
                {
                    if (at == '\\')
                        length++;                                          // may step over the end of what is read: the loop goes on from there
                    else if (at == '"')
                        inText = false;
                }
                else if (at == '"')
                {
                    inText = true;
                }
                else if (at is (byte)'{' or (byte)'[')
                {
                    depth++;
                }
                else if (at is (byte)'}' or (byte)']' && --depth == 0)
                {
                    return Take(length + 1);
                }
            }
            if (_end - _start > options.MaxRowBytes)
                throw Fault($"is a row longer than {options.MaxRowBytes} bytes. Is a quote or bracket left open?");
            if (!Fill())
                throw Fault("is a row that the file's end cuts. Is the file complete?");
        }
    }

    private Row Take(int length)
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, length);
        if (length > options.MaxRowBytes)
            throw Fault($"is a row longer than {options.MaxRowBytes} bytes. Is a quote or bracket left open?");
        Row row = Row.FromJson(RowJson.Parse(bytes, file, _line, isWholeLine: false, Hint), file, _line, options.Columns, ++_number);
        _line += bytes.Count((byte)'\n');
        _start += length;
        return row;
    }

    private void SkipMark()
    {
        while (_end - _start < 3 && Fill())
        {
        }
        if (_buffer.AsSpan(_start, _end - _start).StartsWith("\uFEFF"u8))
            _start += 3;
    }

    /// <summary>The next byte that is no white space, which stays; -1 at the end.</summary>
    private int SkipSpace()
    {
        while (true)
        {
            for (; _start < _end; _start++)
            {
                byte at = _buffer[_start];
                if (at == '\n')
                    _line++;
                else if (at is not ((byte)' ' or (byte)'\t' or (byte)'\r'))
                    return at;
            }
            if (!Fill())
                return -1;
        }
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
        try
        {
            int read = stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            return read > 0;
        }
        catch (Exception error) when (InputFile.IsReadingError(error))
        {
            throw InputFile.Fault(file, _line, error);
        }
    }

    private DatasetException Fault(string problem) => new(file, _line, 0, problem);
}
