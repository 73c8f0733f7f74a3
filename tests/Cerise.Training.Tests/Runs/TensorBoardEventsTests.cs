using System.Buffers.Binary;
using System.Text;
using Cerise.Testing;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

public sealed class TensorBoardEventsTests
{
    [Fact]
    public void Checksums_are_those_of_rfc_3720()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0x46DD794Eu, Crc32C.Of([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        Assert.Equal(0u, Crc32C.Of([]));
        byte[] bytes = [.. Enumerable.Range(0, 600_001).Select(i => (byte)(i * 7))];
        Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(new MemoryStream(bytes)));
    }

    [Fact]
    public void A_run_reads_back_with_an_independent_parser()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using (var log = new RunLog(folder.Path, new FixedTime()))
        {
            log.Step("sft", 1, new StepMetrics { { "loss", 0.1 }, { "grad_norm", double.NaN } });
            log.Step("grpo", 300, new StepMetrics { { "rewards/accuracy/mean", 0 } });
        }
        string file = Assert.Single(Directory.GetFiles(folder.Path, "*tfevents*"));
        List<byte[]> records = Frames(File.ReadAllBytes(file));
        double time = (new FixedTime().Now - DateTimeOffset.UnixEpoch).TotalSeconds;

        Assert.Equal(3, records.Count);
        Dictionary<int, object> header = Fields(records[0]);
        Assert.Equal(time, BitConverter.Int64BitsToDouble((long)(ulong)header[1]));
        Assert.Equal("brain.Event:2", Encoding.UTF8.GetString((byte[])header[3]));

        Dictionary<int, object> first = Fields(records[1]);
        Assert.Equal(1ul, first[2]);
        Assert.Equal([("sft/loss", 0.1f), ("sft/grad_norm", float.NaN)], Values((byte[])first[5]));
        Dictionary<int, object> second = Fields(records[2]);
        Assert.Equal(300ul, second[2]);
        Assert.Equal([("grpo/rewards/accuracy/mean", 0f)], Values((byte[])second[5]));
    }

    // TFRecord frames, with the checksum computed bit by bit.
    private static List<byte[]> Frames(ReadOnlySpan<byte> bytes)
    {
        var records = new List<byte[]>();
        while (bytes.Length > 0)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            Assert.Equal(SlowMasked(bytes[..8]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
            ReadOnlySpan<byte> message = bytes.Slice(12, length);
            Assert.Equal(SlowMasked(message), BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]));
            records.Add(message.ToArray());
            bytes = bytes[(16 + length)..];
        }
        return records;
    }

    private static uint SlowMasked(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
        }
        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }

    private static List<(string Tag, float Value)> Values(byte[] summary)
    {
        var values = new List<(string, float)>();
        int at = 0;
        while (at < summary.Length)
        {
            Assert.Equal(0x0A, summary[at++]);                              // field 1, length-delimited
            int length = (int)Varint(summary, ref at);
            Dictionary<int, object> value = Fields(summary[at..(at + length)]);
            at += length;
            values.Add((Encoding.UTF8.GetString((byte[])value[1]), BitConverter.UInt32BitsToSingle((uint)(ulong)value[2])));
        }
        return values;
    }

    private static Dictionary<int, object> Fields(byte[] message)
    {
        var fields = new Dictionary<int, object>();
        int at = 0;
        while (at < message.Length)
        {
            ulong key = Varint(message, ref at);
            int length;
            switch (key & 7)
            {
                case 0:
                    fields.Add((int)(key >> 3), Varint(message, ref at));
                    break;
                case 1:
                    fields.Add((int)(key >> 3), BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at)));
                    at += 8;
                    break;
                case 2:
                    length = (int)Varint(message, ref at);
                    fields.Add((int)(key >> 3), message[at..(at + length)]);
                    at += length;
                    break;
                case 5:
                    fields.Add((int)(key >> 3), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at)));
                    at += 4;
                    break;
                default:
                    Assert.Fail($"wire type {key & 7}");
                    break;
            }
        }
        return fields;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
