using System.Globalization;
using System.IO.Compression;

namespace Cerise.Data.Datasets;

/// <summary>The unpacked content of a gzip file. A cut, damaged or endless one is an <see cref="InvalidDataException"/> that says what is wrong.</summary>
/// <remarks>
/// The framework's decoder ends quietly where its input ends, be it in the middle of a block. So a last member with an end mark of our own is appended to
/// the input: only after a complete file does that mark come out, and it is taken away here.
/// </remarks>
internal sealed class GzipInput : ReadOnlyStream
{
    /// <summary>Below this many bytes the ratio says nothing: a short file of equal lines packs very well.</summary>
    private const long LeastSuspicious = 16 << 20;

    private static readonly byte[] EndMark = [.. "\n\0end of data\0"u8];
    private static readonly byte[] EndMember = Packed(EndMark);

    private readonly ConcatenatedStream _file;
    private readonly GZipStream _content;
    private readonly ReadOptions _options;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;
    private long _unpacked;

    private GzipInput(Stream file, ReadOptions options)
    {
        _file = new ConcatenatedStream(file, new MemoryStream(EndMember));
        _content = new GZipStream(_file, CompressionMode.Decompress);
        _options = options;
    }

    /// <summary>Whether these are the two bytes that gzip files begin with.</summary>
    public static bool IsMagic(ReadOnlySpan<byte> begin) => begin is [0x1F, 0x8B];

    /// <summary>The unpacked content of a file, which is disposed with the result.</summary>
    public static Stream Unpack(Stream file, ReadOptions options) => new GzipInput(file, options);

    public override int Read(Span<byte> buffer)
    {
        // What could be the end mark is held back until more follows it.
        while (!_ended && _end - _start <= EndMark.Length)
            Fill();
        int read = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : EndMark.Length));
        _buffer.AsSpan(_start, read).CopyTo(buffer);
        _start += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read;
        try
        {
            read = _content.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException error)
        {
            throw Cut(error);
        }
        _end += read;
        _unpacked += read;
        RequireBounded();
        if (read > 0)
            return;
        if (!_buffer.AsSpan(0, _end).EndsWith(EndMark))
            throw Cut(null);
        _end -= EndMark.Length;
        _ended = true;
    }

    private void RequireBounded()
    {
        if (_unpacked > _options.MaxDecompressedBytes)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"is beyond the {_options.MaxDecompressedBytes} bytes a file may unpack to. If the file is right, unpack it first."));
        }
        if (_unpacked > LeastSuspicious && _unpacked > _options.MaxDecompressionRatio * _file.BytesRead)
        {
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
                $"unpacks to more than {_options.MaxDecompressionRatio} times its size, as no real data do. If the file is right, unpack it first."));
        }
    }

    private static InvalidDataException Cut(Exception? error)
        => new("ends the compressed data too early, or is damaged there. Fetch or compress the file again.", error);

    private static byte[] Packed(byte[] content)
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest))
            gzip.Write(content);
        return member.ToArray();
    }
}
