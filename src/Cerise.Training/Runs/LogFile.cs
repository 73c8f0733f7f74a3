namespace Cerise.Training.Runs;

/// <summary>A file that only grows, line by line or record by record, and can be cut back to an earlier length on resume.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _stream;

    public LogFile(string path)
    {
        _path = path;
        try
        {
            // Unbuffered: each record is one write, so a reader sees whole lines. Others may read along.
            _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Length = _stream.CanSeek ? _stream.Length : 0;
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw RunException.Writing(path, error);
        }
    }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds a record.</summary>
    /// <exception cref="RunException">The disk is full or broken; the record's part is cut off again.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        try
        {
            if (_stream.CanSeek)
                _stream.Position = Length;
            _stream.Write(record);
            Length += record.Length;
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            TryCut();
            throw RunException.Writing(_path, error);
        }
    }

    /// <summary>Cuts the file to a length it had before.</summary>
    /// <exception cref="RunException">The file is shorter than that: someone else changed it.</exception>
    public void TruncateTo(long length)
    {
        if (length == Length)
            return;
        if (length > Length)
            throw new RunException(
                $"{_path}: {Length} bytes, but the checkpoint was saved when it had {length}. Restore the file, or start another run with --out.");
        try
        {
            _stream.SetLength(length);
            Length = length;
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw RunException.Writing(_path, error);
        }
    }

    /// <summary>Makes what was written durable.</summary>
    /// <exception cref="RunException">The disk is full or broken.</exception>
    public void Flush()
    {
        try
        {
            _stream.Flush(flushToDisk: true);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw RunException.Writing(_path, error);
        }
    }

    public void Dispose() => _stream.Dispose();

    private void TryCut()
    {
        try
        {
            if (_stream.CanSeek)
                _stream.SetLength(Length);
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            // The first error is the one to report, and a resume cuts the file anyway.
        }
    }
}
