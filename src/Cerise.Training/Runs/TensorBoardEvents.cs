using System.Buffers.Binary;
using Google.Protobuf;

namespace Cerise.Training.Runs;

/// <summary>Records of a TensorBoard event file: TFRecord frames around <c>Event</c>
/// messages (tensorboard/compat/proto/event.proto and summary.proto).</summary>
/// <remarks>
/// A frame is the length (8 bytes, little endian), its masked CRC-32C, the message, its masked CRC-32C. Of
/// the messages only these fields are used: Event: 1 wall_time (double), 2 step (int64), 3 file_version
/// (string), 5 summary; Summary: 1 value, repeated; Value: 1 tag (string), 2 simple_value (float).
/// </remarks>
internal static class TensorBoardEvents
{
    /// <summary>The first record of a file, which says what it is.</summary>
    public static byte[] Header(double wallTime) => Frame(Message(output =>
    {
        WallTime(output, wallTime);
        output.WriteTag(3, WireFormat.WireType.LengthDelimited);
        output.WriteString("brain.Event:2");
    }));

    /// <summary>The values of one step.</summary>
    /// <param name="wallTime">Seconds since 1970.</param>
    /// <param name="step">The step.</param>
    /// <param name="values">Tags and values; stored in single precision, as TensorBoard does.</param>
    public static byte[] Scalars(double wallTime, long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        byte[] summary = Message(output =>
        {
            foreach ((string tag, double value) in values)
            {
                Embedded(output, 1, Message(inner =>
                {
                    inner.WriteTag(1, WireFormat.WireType.LengthDelimited);
                    inner.WriteString(tag);
                    inner.WriteTag(2, WireFormat.WireType.Fixed32);
                    inner.WriteFloat((float)value);
                }));
            }
        });
        return Frame(Message(output =>
        {
            WallTime(output, wallTime);
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteInt64(step);
            Embedded(output, 5, summary);
        }));
    }

    private static void WallTime(CodedOutputStream output, double wallTime)
    {
        output.WriteTag(1, WireFormat.WireType.Fixed64);
        output.WriteDouble(wallTime);
    }

    private static void Embedded(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            write(output);
        return buffer.ToArray();
    }

    private static byte[] Frame(ReadOnlySpan<byte> message)
    {
        byte[] frame = new byte[12 + message.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(frame, message.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), Crc32C.Masked(frame.AsSpan(0, 8)));
        message.CopyTo(frame.AsSpan(12));
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(12 + message.Length), Crc32C.Masked(message));
        return frame;
    }
}
