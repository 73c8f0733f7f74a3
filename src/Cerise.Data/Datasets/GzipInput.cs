using System.IO.Compression;
using System.Text;

namespace Cerise.Data.Datasets;

/// <summary>Unpacks a gzip file so that a cut one is noticed.</summary>
/// <remarks>
/// The framework's decoder ends quietly where its input ends, be it in the middle of a block. So a last member with a line of our own is appended to
/// the input: only after a complete file does that line come out.
/// </remarks>
internal static class GzipInput
{
    /// <summary>The line that follows a complete file.</summary>
    public static ReadOnlySpan<byte> EndLine => "\0end of data\0"u8;

    /// <summary>Whether a file begins as gzip files do.</summary>
    public static bool IsGzip(Stream file)
    {
        Span<byte> magic = stackalloc byte[2];
        int read = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
        file.Position = 0;
        return read == 2 && magic[0] == 0x1F && magic[1] == 0x8B;
    }

    /// <summary>The unpacked content, followed by a line break and <see cref="EndLine"/>.</summary>
    public static Stream Unpack(Stream file) => new GZipStream(new Concatenation(file, new MemoryStream(EndMember())), CompressionMode.Decompress);

    private static byte[] EndMember()
    {
        var member = new MemoryStream();
        using (var gzip = new GZipStream(member, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes("\n" + Encoding.UTF8.GetString(EndLine)));
        return member.ToArray();
    }

    private sealed class Concatenation(Stream first, Stream second) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) => first.Read(buffer) is > 0 and int read ? read : second.Read(buffer);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                first.Dispose();
            base.Dispose(disposing);
        }
    }
}
