using System.Buffers;
using System.Text.Json;

namespace Cerise.Data.Datasets;

/// <summary>Writes JSON lines: compact, keys in the order given, text left readable, equal rows as equal bytes.</summary>
/// <remarks>
/// A file appears at its place only on <see cref="Complete"/>, whole and flushed to the disk; without it nothing remains and an earlier file stays.
/// </remarks>
public sealed class JsonlWriter : IDisposable
{
    private const int BlockBytes = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _pending = new();
    private readonly Stream _stream;
    private readonly string _path;
    private readonly string? _temporary;
    private bool _completed;

    /// <summary>Starts a file; its folder is made when missing.</summary>
    /// <exception cref="DatasetException">The file cannot be made.</exception>
    public JsonlWriter(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(_path)!;
        _temporary = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Environment.ProcessId}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            _stream = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(error);
        }
    }

    /// <summary>Writes to a stream, such as standard output; it is flushed but left open.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="name">What messages call it.</param>
    public JsonlWriter(Stream stream, string name = "-")
    {
        ArgumentNullException.ThrowIfNull(stream);
        _stream = stream;
        _path = name;
    }

    /// <summary>Writes a row under its mapped names.</summary>
    /// <exception cref="DatasetException">The disk is full or refuses the file.</exception>
    public void Write(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        JsonText.WriteObject(_pending, row.Columns.Select(column => (column, row[column])));
        EndLine();
    }

    /// <summary>Writes an object as a line.</summary>
    /// <exception cref="ArgumentException">Not a JSON object.</exception>
    /// <exception cref="DatasetException">The disk is full or refuses the file.</exception>
    public void Write(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"a line has to be a JSON object, not {row.ValueKind}", nameof(row));
        JsonText.Write(_pending, row);
        EndLine();
    }

    /// <summary>Writes what is pending through; a file moves to its place.</summary>
    /// <exception cref="DatasetException">The disk is full or refuses the file.</exception>
    public void Complete()
    {
        try
        {
            WritePending();
            if (_stream is FileStream file && _temporary is not null)
            {
                file.Flush(flushToDisk: true);
                file.Dispose();
                File.Move(_temporary, _path, overwrite: true);
                _completed = true;
            }
            else
            {
                _stream.Flush();
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(error);
        }
    }

    /// <summary>Removes a file that was not completed.</summary>
    public void Dispose()
    {
        if (_temporary is null || _completed)
            return;
        _stream.Dispose();
        File.Delete(_temporary);
    }

    private void EndLine()
    {
        _pending.Write("\n"u8);
        if (_pending.WrittenCount < BlockBytes)
            return;
        try
        {
            WritePending();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Refused(error);
        }
    }

    private void WritePending()
    {
        _stream.Write(_pending.WrittenSpan);
        _pending.ResetWrittenCount();
    }

    private DatasetException Refused(Exception error)
        => new(_path, 0, 0, $"could not be written ({error.Message}). Free some space or choose another folder.", error);
}
