using System.Runtime.InteropServices;
using System.Text;

namespace Cerise.Cli;

/// <summary>The process's standard streams, in UTF-8 whatever the console's settings.</summary>
internal static class StandardStreams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard input; a read that waits ends when <paramref name="cancellation"/> is asked for.</summary>
    public static TextReader OpenInput(CancellationToken cancellation) =>
        new StreamReader(new InterruptibleInput(Console.OpenStandardInput(), cancellation), Utf8);

    /// <summary>Standard output; writing throws <see cref="OutputClosedException"/> once nobody reads it.</summary>
    public static TextWriter OpenOutput() => Writer(OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : new PipeOutput());

    /// <summary>Standard error.</summary>
    public static TextWriter OpenError()
    {
        StreamWriter writer = Writer(Console.OpenStandardError());
        writer.AutoFlush = true;
        return writer;
    }

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8, bufferSize: 16 * 1024) { NewLine = "\n" };

    /// <summary>Reads on another thread, so that a person who presses Ctrl-C need not press Enter too.</summary>
    private sealed class InterruptibleInput(Stream input, CancellationToken cancellation) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            cancellation.ThrowIfCancellationRequested();
            // An abandoned read must not write into a buffer that someone else uses by then.
            byte[] own = new byte[count];
            var read = Task.Run(() => input.Read(own, 0, count), CancellationToken.None);
            read.Wait(cancellation);
            own.AsSpan(0, read.Result).CopyTo(buffer.AsSpan(offset));
            return read.Result;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>
    /// Writes to descriptor 1 itself: the framework's console stream takes what nobody reads without a word, so a verb would work on for nothing.
    /// </summary>
    private sealed class PipeOutput : Stream
    {
        private const int Interrupted = 4;                                 // EINTR
        private const int TryAgain = 11;                                   // EAGAIN on Linux
        private const int TryAgainElsewhere = 35;                          // EAGAIN on macOS and the BSDs
        private const int BrokenPipe = 32;                                 // EPIPE

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count)
        {
            byte[] rest = offset == 0 ? buffer : buffer[offset..(offset + count)];
            while (count > 0)
            {
                nint written = Write(1, rest, count);
                if (written >= 0)
                {
                    count -= (int)written;
                    if (count > 0)
                        rest = rest[(int)written..];
                    continue;
                }
                int code = Marshal.GetLastPInvokeError();
                if (code is TryAgain or TryAgainElsewhere)
                    Thread.Sleep(1);
                else if (code == BrokenPipe)
                    throw new OutputClosedException(new IOException(Marshal.GetPInvokeErrorMessage(code)));
                else if (code != Interrupted)
                    throw new CommandException(
                        $"standard output cannot be written: {Marshal.GetPInvokeErrorMessage(code)}. Check where it is redirected to.");
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        [DllImport("libc", EntryPoint = "write", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        private static extern nint Write(int descriptor, byte[] bytes, nint count);
    }
}
